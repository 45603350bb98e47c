import type { ApiKey, NewApiKey } from '../store.ts'
import type { Database, Session, SqlRow } from './session.ts'

const SELECT = 'SELECT api_keys.*, instance_id FROM api_keys JOIN instances USING (instance_no)'
/** Also of keys that were deleted with their instance. */
export const LAST_KEY_CHANGE_NO = `greatest(
  (SELECT coalesce(max(change_no), 0) FROM api_keys),
  (SELECT coalesce(max(last_key_change_no), 0) FROM deleted_instances))`
const NEXT_CHANGE_NO = `(${LAST_KEY_CHANGE_NO} + 1)`

export async function createKey(database: Database, key: NewApiKey): Promise<ApiKey> {
  return database.transaction(async (session) => {
    await numberChanges(session)
    await session.run(
      `INSERT INTO api_keys (key_id, instance_no, sha256, prefix, label, created_at_ms, expires_at_ms, change_no)
       VALUES ($1, $2, $3, $4, $5, $6, $7, ${NEXT_CHANGE_NO})`,
      [key.keyId, key.instanceNo, key.sha256, key.prefix, key.label, key.createdAtMs, key.expiresAtMs],
    )
    return (await findKey(session, key.keyId)) as ApiKey
  })
}

export async function listKeys(database: Session, instanceId: string): Promise<readonly ApiKey[]> {
  const rows = await database.all(`${SELECT} WHERE instance_id = $1 ORDER BY created_at_ms, key_id`, [
    instanceId,
  ])
  return rows.map(toKey)
}

export async function revokeKey(
  database: Database,
  keyId: string,
  revokedAtMs: number,
): Promise<ApiKey | undefined> {
  return database.transaction(async (session) => {
    await numberChanges(session)
    await session.run(
      `UPDATE api_keys SET revoked_at_ms = $1, change_no = ${NEXT_CHANGE_NO} WHERE key_id = $2 AND revoked_at_ms IS NULL`,
      [revokedAtMs, keyId],
    )
    return findKey(session, keyId)
  })
}

export async function keysChangedSince(database: Session, changeNo: number): Promise<readonly ApiKey[]> {
  return (await database.all(`${SELECT} WHERE change_no > $1 ORDER BY change_no`, [changeNo])).map(toKey)
}

export async function touchKeys(database: Session, lastUsedAtMs: ReadonlyMap<string, number>): Promise<void> {
  // In order, since other processes note other times of the same keys; and never back in time.
  const used = [...lastUsedAtMs].sort(([a], [b]) => (a < b ? -1 : 1))
  await database.run(
    `UPDATE api_keys SET last_used_at_ms = greatest(last_used_at_ms, used.at_ms)
       FROM (SELECT key_id, used.at_ms FROM api_keys JOIN unnest($1::text[], $2::bigint[]) AS used (key_id, at_ms)
             USING (key_id) ORDER BY key_id FOR UPDATE OF api_keys) AS used
      WHERE api_keys.key_id = used.key_id`,
    [used.map(([keyId]) => keyId), used.map(([, atMs]) => atMs)],
  )
}

/**
 * One change of keys at a time, to the end of its transaction. So numbers are given in the order of commits, and whoever
 * has read up to a number has missed none below it.
 */
async function numberChanges(session: Session): Promise<void> {
  await session.run('LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE')
}

async function findKey(database: Session, keyId: string): Promise<ApiKey | undefined> {
  const row = await database.get(`${SELECT} WHERE key_id = $1`, [keyId])
  return row && toKey(row)
}

function toKey(row: SqlRow): ApiKey {
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
