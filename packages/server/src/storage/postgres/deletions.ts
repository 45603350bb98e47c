import { instanceIdHash } from '../instance-id-hash.ts'
import type { DeletedEvents, Deletion } from '../store.ts'
import { LAST_KEY_CHANGE_NO } from './keys.ts'
import type { Database, Session } from './session.ts'

/** Tables with rows of an instance, in an order that foreign keys allow. */
const OF_SESSION = ['otlp_points', 'otlp_settled_prompts', 'otlp_marks', 'otlp_requests']
const OF_INSTANCE = ['otlp_sessions', 'prediction_units', 'instance_trust', 'api_keys', 'pruned_events']

/** Events in one statement, well within its time limit. */
const EVENTS_AT_ONCE = 20_000

/**
 * Deletes an instance and everything it sent, in one transaction. Most of its events go first, while others still come
 * in; then the instance is locked against the appends that hold it (events.ts), and the few that came meanwhile follow.
 */
export function deleteInstance(
  database: Database,
  instanceId: string,
  deletedAtMs: number,
): Promise<DeletedEvents | undefined> {
  return database.transaction(async (session) => {
    const instance = await session.get('SELECT instance_no FROM instances WHERE instance_id = $1', [
      instanceId,
    ])
    if (instance === undefined) return undefined
    const instanceNo = Number(instance['instance_no'])

    let events = await deleteEvents(session, instanceNo)
    await lockDeletions(session)
    const locked = await session.get(
      'SELECT 1 AS is_there FROM instances WHERE instance_no = $1 FOR UPDATE',
      [instanceNo],
    )
    if (locked === undefined) return undefined
    events += await deleteEvents(session, instanceNo)

    // One change of keys at a time, as in keys.ts: this is one, for it keeps the last number.
    await session.run('LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE')
    await session.run(
      `INSERT INTO deleted_instances (instance_no, instance_id_sha256, deleted_at_ms, last_key_change_no)
       VALUES ($1, $2, $3, ${LAST_KEY_CHANGE_NO})`,
      [instanceNo, instanceIdHash(instanceId), deletedAtMs],
    )
    const sessions = 'SELECT session_no FROM otlp_sessions WHERE instance_no = $1'
    for (const table of OF_SESSION) {
      await session.run(`DELETE FROM ${table} WHERE session_no IN (${sessions})`, [instanceNo])
    }
    for (const table of [...OF_INSTANCE, 'instances']) {
      await session.run(`DELETE FROM ${table} WHERE instance_no = $1`, [instanceNo])
    }
    // Whatever the forecast has learned, it has learned from this instance too.
    await session.run('DELETE FROM saved_states')
    return { events }
  })
}

async function deleteEvents(session: Session, instanceNo: number): Promise<number> {
  for (let total = 0; ;) {
    const deleted = await session.run(
      `DELETE FROM events WHERE instance_no = $1
          AND event_id IN (SELECT event_id FROM events WHERE instance_no = $1 LIMIT ${EVENTS_AT_ONCE})`,
      [instanceNo],
    )
    total += deleted
    if (deleted < EVENTS_AT_ONCE) return total
  }
}

/**
 * One deletion at a time, to the end of its transaction: so numbers are given in the order of commits. Whoever creates
 * an instance takes part, for its id must not be one that is being deleted.
 */
export async function lockDeletions(session: Session): Promise<void> {
  await session.run('LOCK TABLE deleted_instances IN SHARE ROW EXCLUSIVE MODE')
}

export async function deletionsAfter(database: Session, deletionNo: number): Promise<readonly Deletion[]> {
  const rows = await database.all(
    'SELECT deletion_no, instance_id_sha256 FROM deleted_instances WHERE deletion_no > $1 ORDER BY deletion_no',
    [deletionNo],
  )
  return rows.map((row) => ({
    deletionNo: Number(row['deletion_no']),
    instanceIdSha256: row['instance_id_sha256'] as Uint8Array,
  }))
}
