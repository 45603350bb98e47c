import type { ApiKey, NewApiKey } from '../store.ts'
import type { SqliteDriver, SqliteRow } from './driver.ts'
import { transaction } from './transaction.ts'

const SELECT = 'SELECT api_keys.*, instance_id FROM api_keys JOIN instances USING (instance_no)'
/** Also of keys that were deleted with their instance. */
export const LAST_KEY_CHANGE_NO = `max(
  (SELECT coalesce(max(change_no), 0) FROM api_keys),
  (SELECT coalesce(max(last_key_change_no), 0) FROM deleted_instances))`
const NEXT_CHANGE_NO = `(${LAST_KEY_CHANGE_NO} + 1)`

export function createKey(database: SqliteDriver, key: NewApiKey): ApiKey {
  database
    .prepare(
      `INSERT INTO api_keys (key_id, instance_no, sha256, prefix, label, created_at_ms, expires_at_ms, change_no)
       VALUES (?, ?, ?, ?, ?, ?, ?, ${NEXT_CHANGE_NO})`,
    )
    .run(key.keyId, key.instanceNo, key.sha256, key.prefix, key.label, key.createdAtMs, key.expiresAtMs)
  return findKey(database, key.keyId) as ApiKey
}

export function listKeys(database: SqliteDriver, instanceId: string): readonly ApiKey[] {
  return database
    .prepare(`${SELECT} WHERE instance_id = ? ORDER BY created_at_ms, key_id`)
    .all(instanceId)
    .map(toKey)
}

export function revokeKey(database: SqliteDriver, keyId: string, revokedAtMs: number): ApiKey | undefined {
  database
    .prepare(
      `UPDATE api_keys SET revoked_at_ms = ?, change_no = ${NEXT_CHANGE_NO} WHERE key_id = ? AND revoked_at_ms IS NULL`,
    )
    .run(revokedAtMs, keyId)
  return findKey(database, keyId)
}

export function keysChangedSince(database: SqliteDriver, changeNo: number): readonly ApiKey[] {
  return database.prepare(`${SELECT} WHERE change_no > ? ORDER BY change_no`).all(changeNo).map(toKey)
}

export function touchKeys(database: SqliteDriver, lastUsedAtMs: ReadonlyMap<string, number>): void {
  const update = database.prepare('UPDATE api_keys SET last_used_at_ms = ? WHERE key_id = ?')
  transaction(database, () => {
    for (const [keyId, usedAtMs] of lastUsedAtMs) update.run(usedAtMs, keyId)
  })
}

function findKey(database: SqliteDriver, keyId: string): ApiKey | undefined {
  const row = database.prepare(`${SELECT} WHERE key_id = ?`).get(keyId)
  return row && toKey(row)
}

function toKey(row: SqliteRow): ApiKey {
  return {
    keyId: String(row['key_id']),
    instanceNo: Number(row['instance_no']),
    instanceId: String(row['instance_id']),
    sha256: row['sha256'] as Uint8Array,
    prefix: String(row['prefix']),
    label: row['label'] as string | null,
    createdAtMs: Number(row['created_at_ms']),
    expiresAtMs: row['expires_at_ms'] as number | null,
    lastUsedAtMs: row['last_used_at_ms'] as number | null,
    revokedAtMs: row['revoked_at_ms'] as number | null,
    changeNo: Number(row['change_no']),
  }
}
