import type { RunQuery, StoredRun } from '../run-store.ts'
import type { SqliteDriver, SqliteStatement, SqliteValue } from './driver.ts'
import { startDayOf } from './run-counts.ts'
import { RUN_COLUMNS } from './run-reads.ts'

/**
 * Lists runs, newest first. Rows are chosen within one index, which is in the order of the list, and fetched
 * afterwards, so that skipping costs index entries and not rows.
 *
 * SQLite knows nothing of how many runs an agent or a status has, so the index is named here:
 * - with equalities that of the rarest, for what the others refuse must be fetched to be refused;
 * - with few runs in a range of start times that of start times, and their short list is sorted;
 * - otherwise that of creation.
 */
export function openRunList(
  database: SqliteDriver,
  fewRuns = FEW_RUNS,
): (query: RunQuery) => readonly StoredRun[] {
  const prepare = rememberStatements(database)
  const boundCreation = openCreationBounds(database)
  return (query) => {
    const bounds = boundCreation(query)
    if (bounds === 'no such runs') return []

    const conditions = [...equalities(query), ...startTimes(query), ...creation(query, bounds)]
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`
    const chosen = `SELECT run_no FROM runs INDEXED BY ${chooseIndex(query, prepare, fewRuns)} ${where}
      ORDER BY created_at_us DESC, run_no DESC LIMIT ? OFFSET ?`
    const rows = prepare(
      `SELECT ${RUN_COLUMNS} FROM runs WHERE run_no IN (${chosen}) ORDER BY created_at_us DESC, run_no DESC`,
    ).all(...conditions.flatMap(({ params }) => params), query.limit, query.offset)
    return rows as unknown as readonly StoredRun[]
  }
}

interface Condition {
  readonly sql: string
  readonly params: readonly SqliteValue[]
}

/** An equality that an index leads to. */
interface Equality extends Condition {
  readonly index: string
}

/** In the order in which they are likely to be rare. */
function equalities({ parentRunId, agentName, jobType, status }: RunQuery): readonly Equality[] {
  const all = [
    ['parent_run_id', parentRunId, 'runs_by_parent'],
    ['agent_name', agentName, 'runs_by_agent'],
    ['job_type', jobType, 'runs_by_job_type'],
    ['status', status, 'runs_by_status'],
  ] as const
  return all.flatMap(([column, value, index]) =>
    value === undefined ? [] : [{ sql: `${column} = ?`, params: [value], index }],
  )
}

function startTimes({ startTimeFromUs, startTimeToUs }: RunQuery): readonly Condition[] {
  return [
    ...(startTimeFromUs === undefined ? [] : [{ sql: 'start_time_us >= ?', params: [startTimeFromUs] }]),
    ...(startTimeToUs === undefined ? [] : [{ sql: 'start_time_us <= ?', params: [startTimeToUs] }]),
  ]
}

/** Inclusive, in microseconds. */
interface CreationBounds {
  readonly firstUs: number
  readonly lastUs: number
}

const UNBOUNDED: CreationBounds = { firstUs: -Infinity, lastUs: Infinity }

/**
 * When the runs can have been recorded that a range of start times allows. For the successful runs of one day among a
 * million, a walk that begins and ends there takes 9 ms, and one from the newest run 33.
 */
function openCreationBounds(database: SqliteDriver): (query: RunQuery) => CreationBounds | 'no such runs' {
  const find = database.prepare(
    `SELECT min(first_created_us) AS first, max(last_created_us) AS last FROM run_start_days
      WHERE start_day BETWEEN ? AND ?`,
  )
  return ({ startTimeFromUs, startTimeToUs }) => {
    if (startTimeFromUs === undefined && startTimeToUs === undefined) return UNBOUNDED
    const row = find.get(
      startDayOf(startTimeFromUs ?? Number.MIN_SAFE_INTEGER),
      startDayOf(startTimeToUs ?? Number.MAX_SAFE_INTEGER),
    )
    if (row === undefined || row['first'] === null) return 'no such runs'
    return { firstUs: Number(row['first']), lastUs: Number(row['last']) }
  }
}

/**
 * At most one bound on each side, the tightest: given two, SQLite begins its walk at the one that comes first, and may
 * skip half the list to reach the other.
 */
function creation(query: RunQuery, bounds: CreationBounds): readonly Condition[] {
  const firstUs = Math.max(bounds.firstUs, (query.createdAfterUs ?? -Infinity) + 1)
  const lastUs = Math.min(bounds.lastUs, (query.createdBeforeUs ?? Infinity) - 1)
  const conditions: Condition[] = []
  if (firstUs > -Infinity) conditions.push({ sql: 'created_at_us >= ?', params: [firstUs] })
  if (query.after !== undefined && query.after.createdAtUs <= lastUs) {
    const { createdAtUs, runNo } = query.after
    conditions.push({ sql: '(created_at_us, run_no) < (?, ?)', params: [createdAtUs, runNo] })
  } else if (lastUs < Infinity) {
    conditions.push({ sql: 'created_at_us <= ?', params: [lastUs] })
  }
  return conditions
}

/** Beyond so many index entries counting on costs more than it may save: 20 000 take 0.6 ms. */
const FEW_RUNS = 20_000

function chooseIndex(query: RunQuery, prepare: (sql: string) => SqliteStatement, fewRuns: number): string {
  const countUpToFew = (index: string, conditions: readonly Condition[]) => {
    const where = conditions.map(({ sql }) => sql).join(' AND ')
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM runs INDEXED BY ${index} WHERE ${where} LIMIT ?)`
    return Number(prepare(sql).get(...conditions.flatMap(({ params }) => params), fewRuns)?.['n'])
  }

  const [first, ...others] = equalities(query)
  if (first !== undefined) {
    if (others.length === 0) return first.index
    const counted = [first, ...others].map((each) => ({
      index: each.index,
      runs: countUpToFew(each.index, [each]),
    }))
    return counted.reduce((rarest, each) => (each.runs < rarest.runs ? each : rarest)).index
  }
  const range = startTimes(query)
  if (range.length === 0) return 'runs_by_creation'
  return countUpToFew('runs_by_start', range) < fewRuns ? 'runs_by_start' : 'runs_by_creation'
}

/** Every combination of filters is one statement, prepared once. */
function rememberStatements(database: SqliteDriver): (sql: string) => SqliteStatement {
  const statements = new Map<string, SqliteStatement>()
  return (sql) => {
    const statement = statements.get(sql) ?? database.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
}
