import { NO_SESSION } from '../otlp-rows.ts'
import type { PrunedSome, PruneStep, PruneTarget } from '../retention-store.ts'
import { whole } from '../rollup-statements.ts'
import { retrying } from './retrying.ts'
import { holdRollups, uncountEvents } from './rollups.ts'
import type { Database, Session, SqlRow, SqlValue } from './session.ts'

/** Half as many take a third longer each, since a step waits for every append under way. */
const EVENTS_AT_ONCE = 10_000
const RUNS_AT_ONCE = 200
const SESSIONS_AT_ONCE = 20
const OTLP_ROWS_AT_ONCE = 1000

/** Longest time that appends may wait for a step; a step that would need longer is tried again later. */
const LOCK_TIMEOUT_MS = 500

type Step = Omit<PruneStep, 'target'>

export function pruneSome(database: Database, { target, ...step }: PruneStep): Promise<PrunedSome> {
  switch (target) {
    case 'events':
      return pruneEvents(database, step)
    case 'runs':
      return retrying(() => database.transaction((session) => pruneRuns(session, step)))
    case 'otlp':
      return retrying(() => database.transaction((session) => pruneOtlp(session, step)))
  }
}

/**
 * Prunes in three steps, so that no event is stored a second time, whoever sends it again in that moment:
 *
 * 1. The keys are kept, and that is committed.
 * 2. Every append under way is waited for. An append takes its lock on the table before it chooses what it sees, so one
 *    that begins after this sees the keys. Only the parent is locked, which is enough against appends and in nobody
 *    else's way: not in that of vacuum, which works on the partitions, nor of a dump, which reads.
 * 3. The events are deleted.
 *
 * After a crash in between, a key is known whose event is still there, which changes no answer; the next prune deletes it.
 * Deleting first, or in one transaction with the keys, would let an append in that saw neither.
 */
async function pruneEvents(database: Database, { beforeMs, from = 0 }: Step): Promise<PrunedSome> {
  const kept = await retrying(() => database.get(KEEP_KEYS, [from, beforeMs]))
  const found = Number(kept?.['events'])
  if (found === 0) return { deleted: 0, next: undefined }

  await database.transaction(async (session) => {
    await session.run(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`)
    await session.run('LOCK TABLE ONLY events IN SHARE MODE')
  })
  const keys = [kept?.['instance_nos'] ?? [], kept?.['event_ids'] ?? []]
  const deleted = await retrying(() => database.transaction((session) => deleteKept(session, keys)))
  return { deleted, next: found === EVENTS_AT_ONCE ? Number(kept?.['newest']) : undefined }
}

/** From the moment that the step before has reached: what lies before it are deleted rows that vacuum has yet to clear. */
const KEEP_KEYS = `
  WITH old AS MATERIALIZED (
    SELECT instance_no, event_id, received_at_ms FROM events
     WHERE received_at_ms >= $1 AND received_at_ms < $2 ORDER BY received_at_ms LIMIT ${EVENTS_AT_ONCE}
  ), sender AS MATERIALIZED (
    SELECT instance_no FROM instances WHERE instance_no IN (SELECT instance_no FROM old)
     ORDER BY instance_no FOR KEY SHARE
  ), kept AS (
    INSERT INTO pruned_events (instance_no, event_id)
    SELECT instance_no, event_id FROM old JOIN sender USING (instance_no) ORDER BY instance_no, event_id
    ON CONFLICT DO NOTHING
  )
  SELECT count(*) AS events, max(received_at_ms) AS newest,
         array_agg(instance_no) AS instance_nos, array_agg(event_id::text) AS event_ids
    FROM old`

/** Named apart, the instances lead to their partitions alone. */
const DELETE_KEPT = `
  DELETE FROM events USING unnest($1::integer[], $2::uuid[]) AS old (instance_no, event_id)
   WHERE events.instance_no = old.instance_no AND events.event_id = old.event_id
     AND events.instance_no = ANY($1::integer[])`

async function deleteKept(session: Session, keys: readonly SqlValue[]): Promise<number> {
  const position = await holdRollups(session)
  await uncountEvents(
    session,
    `events JOIN unnest($1::integer[], $2::uuid[]) AS old (instance_no, event_id) USING (instance_no, event_id)
      WHERE position <= ${whole(position)}`,
    keys,
  )
  return session.run(DELETE_KEPT, keys)
}

const PRUNABLE_RUNS = `status <> 'running' AND created_at_us < $1 AND updated_at_us < $1`

async function pruneRuns(
  session: Session,
  { beforeMs, from = Number.MIN_SAFE_INTEGER }: Step,
): Promise<PrunedSome> {
  const runs = await session.all(
    `SELECT run_no, agent_name, job_type, created_at_us FROM runs
      WHERE ${PRUNABLE_RUNS} AND created_at_us >= $2 ORDER BY created_at_us LIMIT ${RUNS_AT_ONCE}
      FOR UPDATE SKIP LOCKED`,
    [beforeMs * 1000, from],
  )
  const last = runs.at(-1)
  if (last === undefined) return { deleted: 0, next: undefined }
  await session.run('DELETE FROM runs WHERE run_no = ANY($1::bigint[])', [columnOf(runs, 'run_no')])
  // Last, and in order, as in run-counts.ts: whoever creates runs of these agents waits from here to the commit.
  await session.run(
    `UPDATE run_counts SET runs = run_counts.runs - gone.runs FROM (
       SELECT agent_name, job_type, gone.runs FROM run_counts JOIN (
         SELECT agent_name, job_type, count(*) AS runs FROM unnest($1::text[], $2::text[]) AS run (agent_name, job_type)
          GROUP BY agent_name, job_type) AS gone USING (agent_name, job_type)
        ORDER BY agent_name, job_type FOR UPDATE OF run_counts
     ) AS gone WHERE (run_counts.agent_name, run_counts.job_type) = (gone.agent_name, gone.job_type)`,
    [columnOf(runs, 'agent_name'), columnOf(runs, 'job_type')],
  )
  const isFull = runs.length === RUNS_AT_ONCE
  return { deleted: runs.length, next: isFull ? Number(last['created_at_us']) : undefined }
}

const PRUNABLE_SESSIONS = `
  session_id <> '${NO_SESSION}' AND heard_at_ms < $1::bigint AND claimed_until_ms < $1::bigint
  AND NOT EXISTS (SELECT 1 FROM otlp_requests AS open WHERE open.session_no = session.session_no AND settled = 0)`

const OF_SESSION = ['otlp_requests', 'otlp_marks', 'otlp_points', 'otlp_settled_prompts']

async function pruneOtlp(session: Session, { beforeMs, from = 0 }: Step): Promise<PrunedSome> {
  const rows = await session.all(
    `SELECT session_no FROM otlp_sessions AS session WHERE ${PRUNABLE_SESSIONS} AND session_no > $2
      ORDER BY session_no LIMIT ${SESSIONS_AT_ONCE} FOR UPDATE SKIP LOCKED`,
    [beforeMs, from],
  )
  const sessions = columnOf(rows, 'session_no')
  let deleted = 0
  for (const table of [...OF_SESSION, 'otlp_sessions']) {
    const gone = await session.run(`DELETE FROM ${table} WHERE session_no = ANY($1::bigint[])`, [sessions])
    if (APART.some((apart) => apart.table === table)) deleted += gone
  }
  if (rows.length === SESSIONS_AT_ONCE) return { deleted, next: Number(sessions.at(-1)) }

  const apart = await pruneApart(session, beforeMs)
  return { deleted: deleted + apart, next: apart >= OTLP_ROWS_AT_ONCE ? Number.MAX_SAFE_INTEGER : undefined }
}

const SESSIONLESS = `session_no IN (SELECT session_no FROM otlp_sessions WHERE session_id = '${NO_SESSION}')`

/** Rows of no session that are old by their own time. The end of a cumulative point is unknown, so it stays. */
const APART: readonly { readonly table: string; readonly isOld: string }[] = [
  { table: 'otlp_requests', isOld: 'settled <> 0 AND ended_at_ms < $1::bigint' },
  { table: 'otlp_marks', isOld: 'received_at_ms < $1::bigint' },
  { table: 'otlp_points', isOld: 'end_us > 0 AND end_us < $1::bigint * 1000' },
]

async function pruneApart(session: Session, beforeMs: number): Promise<number> {
  let deleted = 0
  for (const { table, isOld } of APART) {
    const room = OTLP_ROWS_AT_ONCE - deleted
    if (room <= 0) break
    deleted += await session.run(
      `DELETE FROM ${table} WHERE ctid IN (
         SELECT ctid FROM ${table} WHERE ${SESSIONLESS} AND ${isOld} LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [beforeMs, room],
    )
  }
  return deleted
}

export async function countPrunable(
  database: Session,
  target: PruneTarget,
  beforeMs: number,
): Promise<number> {
  const count = async (sql: string, before: number) => Number((await database.get(sql, [before]))?.['n'])
  switch (target) {
    case 'events':
      return count('SELECT count(*) AS n FROM events WHERE received_at_ms < $1', beforeMs)
    case 'runs':
      return count(`SELECT count(*) AS n FROM runs WHERE ${PRUNABLE_RUNS}`, beforeMs * 1000)
    case 'otlp': {
      const sessions = `SELECT session_no FROM otlp_sessions AS session WHERE ${PRUNABLE_SESSIONS}`
      const rows = APART.map(
        ({ table, isOld }) =>
          `(SELECT count(*) FROM ${table} WHERE session_no IN (${sessions}) OR (${SESSIONLESS} AND ${isOld}))`,
      )
      return count(`SELECT ${rows.join(' + ')} AS n`, beforeMs)
    }
  }
}

function columnOf(rows: readonly SqlRow[], name: string) {
  return rows.map((row) => row[name] ?? null)
}
