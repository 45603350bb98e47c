import { instanceIdHash } from '../instance-id-hash.ts'
import type { DeletedEvents, Deletion } from '../store.ts'
import type { SqliteDriver } from './driver.ts'
import { findInstance } from './instances.ts'
import { LAST_KEY_CHANGE_NO } from './keys.ts'
import { keepPositions } from './positions.ts'
import { uncountEvents } from './rollups.ts'
import { transaction } from './transaction.ts'

/** Tables with rows of an instance, in an order that foreign keys allow. */
const OF_SESSION = ['otlp_points', 'otlp_settled_prompts', 'otlp_marks', 'otlp_requests']
const OF_INSTANCE = ['otlp_sessions', 'prediction_units', 'instance_trust', 'api_keys', 'pruned_events']

/**
 * Deletes an instance and everything it sent, in one transaction, so that a crash leaves all of it or nothing. What it
 * wrote is overwritten in the file, too, not only given free.
 */
export function deleteInstance(
  database: SqliteDriver,
  instanceId: string,
  deletedAtMs: number,
): DeletedEvents | undefined {
  const instance = findInstance(database, instanceId)
  if (instance === undefined) return undefined

  database.exec('PRAGMA secure_delete = ON')
  try {
    const events = transaction(database, () => {
      const { instanceNo } = instance
      keepNumbers(database, instanceNo, instanceIdHash(instanceId), deletedAtMs)
      const sessions = 'SELECT session_no FROM otlp_sessions WHERE instance_no = ?'
      for (const table of OF_SESSION)
        database.prepare(`DELETE FROM ${table} WHERE session_no IN (${sessions})`).run(instanceNo)
      const remove = (table: string) =>
        database.prepare(`DELETE FROM ${table} WHERE instance_no = ?`).run(instanceNo)
      for (const table of OF_INSTANCE) remove(table)
      // Whatever the forecast has learned, it has learned from this instance too.
      database.exec('DELETE FROM saved_states')
      uncountEvents(database, `instance_no = ${instanceNo}`)
      const deletedEvents = remove('events')
      remove('instances')
      return deletedEvents
    })
    // What is deleted is still in the write-ahead log until that is folded into the file.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return { events }
  } finally {
    database.exec('PRAGMA secure_delete = OFF')
  }
}

/** Neither the id nor a number of the instance or of an event may be given again: somebody may still hold them. */
function keepNumbers(
  database: SqliteDriver,
  instanceNo: number,
  instanceIdSha256: Uint8Array,
  deletedAtMs: number,
): void {
  database
    .prepare(
      `INSERT INTO deleted_instances (instance_no, instance_id_sha256, deleted_at_ms, last_key_change_no)
       VALUES (?, ?, ?, ${LAST_KEY_CHANGE_NO})`,
    )
    .run(instanceNo, instanceIdSha256, deletedAtMs)
  keepPositions(database)
}

export function deletionsAfter(database: SqliteDriver, deletionNo: number): readonly Deletion[] {
  return database
    .prepare(
      'SELECT deletion_no, instance_id_sha256 FROM deleted_instances WHERE deletion_no > ? ORDER BY deletion_no',
    )
    .all(deletionNo)
    .map((row) => ({
      deletionNo: Number(row['deletion_no']),
      instanceIdSha256: row['instance_id_sha256'] as Uint8Array,
    }))
}
