import { instanceIdHash } from '../instance-id-hash.ts'
import { whole } from '../rollup-statements.ts'
import type { DeletedEvents, Deletion } from '../store.ts'
import { LAST_KEY_CHANGE_NO } from './keys.ts'
import { holdRollups, uncountEvents } from './rollups.ts'
import type { Database, Session } from './session.ts'

/** Tables with rows of an instance, in an order that foreign keys allow. */
const OF_SESSION = ['otlp_points', 'otlp_settled_prompts', 'otlp_marks', 'otlp_requests']
const OF_INSTANCE = [
  'otlp_sessions',
  'prediction_units',
  'instance_trust',
  'api_keys',
  'pruned_events',
  'rollup_sources',
]

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

    const counted = await holdRollups(session)
    let events = await deleteEvents(session, instanceNo, counted)
    await lockDeletions(session)
    const locked = await session.get(
      'SELECT 1 AS is_there FROM instances WHERE instance_no = $1 FOR UPDATE',
      [instanceNo],
    )
    if (locked === undefined) return undefined
    events += await deleteEvents(session, instanceNo, counted)

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

/** In the order of their ids, so that those of one statement are known before they are taken out of the rollups. */
async function deleteEvents(session: Session, instanceNo: number, countedUpTo: number): Promise<number> {
  for (let total = 0; ;) {
    const last = await session.get(
      `SELECT event_id::text AS event_id FROM (
         SELECT event_id FROM events WHERE instance_no = $1 ORDER BY event_id LIMIT ${EVENTS_AT_ONCE}) AS next
        ORDER BY event_id DESC LIMIT 1`,
      [instanceNo],
    )
    if (last === undefined) return total
    const some = 'instance_no = $1 AND event_id <= $2::uuid'
    const params = [instanceNo, String(last['event_id'])]
    await uncountEvents(session, `events WHERE position <= ${whole(countedUpTo)} AND ${some}`, params)
    total += await session.run(`DELETE FROM events WHERE ${some}`, params)
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
