import { NO_SESSION } from '../otlp-rows.ts'
import type { PrunedSome, PruneStep, PruneTarget } from '../retention-store.ts'
import { whole } from '../rollup-statements.ts'
import type { SqliteDriver } from './driver.ts'
import { keepPositions } from './positions.ts'
import { uncountEvents } from './rollups.ts'
import { transaction } from './transaction.ts'

/** Events that are stored meanwhile wait for one step: 500 keep that to some milliseconds. */
const EVENTS_AT_ONCE = 500
/** Events that one step looks at: positions follow arrival but for jumps of the clock, so there is no index by time. */
const EVENTS_LOOKED_AT = 10_000
/** Fewer than events, for each goes with its timeline. */
const RUNS_AT_ONCE = 100
const SESSIONS_AT_ONCE = 10
const OTLP_ROWS_AT_ONCE = 1000

type Step = (step: Omit<PruneStep, 'target'>) => PrunedSome

/** Opens the steps of a prune; each is one transaction. */
export function openPruner(database: SqliteDriver): (step: PruneStep) => PrunedSome {
  const steps: Readonly<Record<PruneTarget, Step>> = {
    events: (step) => pruneEvents(database, step),
    runs: (step) => transaction(database, () => pruneRuns(database, step)),
    otlp: (step) => transaction(database, () => pruneOtlp(database, step)),
  }
  return ({ target, ...step }) => steps[target](step)
}

const LOOKED_AT = `SELECT position, received_at_ms FROM events WHERE position > ? ORDER BY position LIMIT ${EVENTS_LOOKED_AT}`

/** A stretch of positions: up to the last of the old events that one step takes, or to the last one looked at. */
function pruneEvents(database: SqliteDriver, { beforeMs, from = 0 }: Omit<PruneStep, 'target'>): PrunedSome {
  const [old, looked] = [
    database
      .prepare(
        `SELECT count(*) AS events, max(position) AS position
           FROM (SELECT position FROM (${LOOKED_AT}) WHERE received_at_ms < ? LIMIT ${EVENTS_AT_ONCE})`,
      )
      .get(from, beforeMs),
    database.prepare(`SELECT count(*) AS events, max(position) AS position FROM (${LOOKED_AT})`).get(from),
  ]
  const deleted = Number(old?.['events'])
  const isFull = deleted === EVENTS_AT_ONCE
  const upTo = Number((isFull ? old : looked)?.['position'] ?? from)
  const next = isFull || looked?.['events'] === EVENTS_LOOKED_AT ? upTo : undefined
  if (deleted === 0) return { deleted, next }

  const which = 'FROM events WHERE position > ? AND position <= ? AND received_at_ms < ?'
  transaction(database, () => {
    keepPositions(database)
    database
      .prepare(`INSERT INTO pruned_events SELECT instance_no, event_id ${which} ON CONFLICT DO NOTHING`)
      .run(from, upTo, beforeMs)
    uncountEvents(
      database,
      `position > ${whole(from)} AND position <= ${whole(upTo)} AND received_at_ms < ${whole(beforeMs)}`,
    )
    database.prepare(`DELETE ${which}`).run(from, upTo, beforeMs)
  })
  return { deleted, next }
}

/** Twice the moment, in microseconds. */
const PRUNABLE_RUNS = `status <> 'running' AND created_at_us < ? AND updated_at_us < ?`

function pruneRuns(
  database: SqliteDriver,
  { beforeMs, from = Number.MIN_SAFE_INTEGER }: Omit<PruneStep, 'target'>,
): PrunedSome {
  const runs = database
    .prepare(
      `SELECT run_no, agent_name, job_type, created_at_us FROM runs
        WHERE ${PRUNABLE_RUNS} AND created_at_us >= ? ORDER BY created_at_us LIMIT ${RUNS_AT_ONCE}`,
    )
    .all(beforeMs * 1000, beforeMs * 1000, from)
  const remove = database.prepare('DELETE FROM runs WHERE run_no = ?')
  const uncount = database.prepare(
    'UPDATE run_counts SET runs = runs - 1 WHERE agent_name = ? AND job_type = ?',
  )
  for (const run of runs) {
    remove.run(Number(run['run_no']))
    uncount.run(String(run['agent_name']), String(run['job_type']))
  }
  const last = runs.at(-1)
  const isFull = last !== undefined && runs.length === RUNS_AT_ONCE
  return { deleted: runs.length, next: isFull ? Number(last['created_at_us']) : undefined }
}

/** Twice the moment, in milliseconds. */
const PRUNABLE_SESSIONS = `
  session_id <> '${NO_SESSION}' AND heard_at_ms < ? AND claimed_until_ms < ?
  AND NOT EXISTS (SELECT 1 FROM otlp_requests AS open WHERE open.session_no = session.session_no AND settled = 0)`

/** In an order that foreign keys allow; prompts are no records, only what is known about them. */
const OF_SESSION = ['otlp_requests', 'otlp_marks', 'otlp_points', 'otlp_settled_prompts']

function pruneOtlp(database: SqliteDriver, { beforeMs, from = 0 }: Omit<PruneStep, 'target'>): PrunedSome {
  const sessions = database
    .prepare(
      `SELECT session_no FROM otlp_sessions AS session WHERE ${PRUNABLE_SESSIONS} AND session_no > ?
        ORDER BY session_no LIMIT ${SESSIONS_AT_ONCE}`,
    )
    .all(beforeMs, beforeMs, from)
    .map((row) => Number(row['session_no']))
  let deleted = 0
  for (const sessionNo of sessions) {
    for (const table of OF_SESSION) {
      const rows = database.prepare(`DELETE FROM ${table} WHERE session_no = ?`).run(sessionNo)
      if (table !== 'otlp_settled_prompts') deleted += rows
    }
    database.prepare('DELETE FROM otlp_sessions WHERE session_no = ?').run(sessionNo)
  }
  if (sessions.length === SESSIONS_AT_ONCE) return { deleted, next: sessions.at(-1) }

  const apart = pruneApart(database, beforeMs)
  // What no session holds together is found from the beginning again, so this step is simply repeated.
  return { deleted: deleted + apart, next: apart >= OTLP_ROWS_AT_ONCE ? Number.MAX_SAFE_INTEGER : undefined }
}

const SESSIONLESS = `session_no IN (SELECT session_no FROM otlp_sessions WHERE session_id = '${NO_SESSION}')`

/** Rows of no session that are old by their own time. The end of a cumulative point is unknown, so it stays. */
const APART: readonly { readonly table: string; readonly key: string; readonly isOld: string }[] = [
  { table: 'otlp_requests', key: 'request_no', isOld: 'settled <> 0 AND ended_at_ms < ?' },
  { table: 'otlp_marks', key: 'session_no, at_ms, sequence, kind', isOld: 'received_at_ms < ?' },
  {
    table: 'otlp_points',
    key: 'session_no, type, stream_key, start_us, end_us',
    isOld: 'end_us > 0 AND end_us < ? * 1000',
  },
]

function pruneApart(database: SqliteDriver, beforeMs: number): number {
  let deleted = 0
  for (const { table, key, isOld } of APART) {
    const room = OTLP_ROWS_AT_ONCE - deleted
    if (room <= 0) break
    const old = `SELECT ${key} FROM ${table} WHERE ${SESSIONLESS} AND ${isOld} LIMIT ?`
    deleted += database.prepare(`DELETE FROM ${table} WHERE (${key}) IN (${old})`).run(beforeMs, room)
  }
  return deleted
}

/** Opens the counts of what a prune would delete. */
export function openPrunableCounts(
  database: SqliteDriver,
): (target: PruneTarget, beforeMs: number) => number {
  const count = (sql: string, params: readonly number[]) =>
    Number(database.prepare(`SELECT ${sql} AS n`).get(...params)?.['n'])
  return (target, beforeMs) => {
    const beforeUs = beforeMs * 1000
    switch (target) {
      case 'events':
        return count('(SELECT count(*) FROM events WHERE received_at_ms < ?)', [beforeMs])
      case 'runs':
        return count(`(SELECT count(*) FROM runs WHERE ${PRUNABLE_RUNS})`, [beforeUs, beforeUs])
      case 'otlp': {
        const sessions = `SELECT session_no FROM otlp_sessions AS session WHERE ${PRUNABLE_SESSIONS}`
        const rows = APART.map(
          ({ table, isOld }) =>
            `(SELECT count(*) FROM ${table} WHERE session_no IN (${sessions}) OR (${SESSIONLESS} AND ${isOld}))`,
        )
        const params = APART.flatMap(() => [beforeMs, beforeMs, beforeMs])
        return count(rows.join(' + '), params)
      }
    }
  }
}
