import { runColumns } from '../run-rows.ts'
import type { RunCounts, RunQuery, StoredRun, StoredRunEvent } from '../run-store.ts'
import type { SqliteDriver, SqliteRow, SqliteStatement, SqliteValue } from './driver.ts'

/** What the server presumes of a silent run stands in for what the client has not said. */
const PRESUMED: Readonly<Record<string, string>> = {
  end_time: 'coalesce(end_time, presumed_end_time) AS end_time',
  error_summary: `coalesce(presumed_error || '; ' || error_summary, presumed_error, error_summary) AS error_summary`,
}
const COLUMNS = [
  'run_no',
  ...runColumns.map((name) => PRESUMED[name] ?? name),
  'created_at_us',
  'updated_at_us',
].join(', ')

/** Up to this many runs in a range of start times it pays to sort the range instead of walking down the list. */
const FEW_RUNS = 20_000

export function openRunFinder(database: SqliteDriver): (eventId: string) => StoredRun | undefined {
  const find = database.prepare(`SELECT ${COLUMNS} FROM runs WHERE event_id = ?`)
  return (eventId) => find.get(eventId) as StoredRun | undefined
}

/**
 * Lists runs. Rows are chosen within an index and fetched afterwards, so that skipping costs index entries, not rows;
 * the statement of each combination of filters is prepared once.
 */
export function openRunList(database: SqliteDriver): (query: RunQuery) => readonly StoredRun[] {
  const prepare = rememberStatements(database)
  return (query) => {
    const { where, params } = conditionsOf(query)
    const index = chooseIndex(query, prepare)
    const chosen = `SELECT run_no FROM runs ${index} ${where} ORDER BY created_at_us DESC, run_no DESC LIMIT ? OFFSET ?`
    const rows = prepare(
      `SELECT ${COLUMNS} FROM runs WHERE run_no IN (${chosen}) ORDER BY created_at_us DESC, run_no DESC`,
    ).all(...params, query.limit, query.offset)
    return rows as unknown as readonly StoredRun[]
  }
}

function rememberStatements(database: SqliteDriver): (sql: string) => SqliteStatement {
  const statements = new Map<string, SqliteStatement>()
  return (sql) => {
    const statement = statements.get(sql) ?? database.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
}

function conditionsOf(query: RunQuery): { readonly where: string; readonly params: readonly SqliteValue[] } {
  const conditions: readonly (readonly [sql: string, ...params: (SqliteValue | undefined)[]])[] = [
    ['agent_name = ?', query.agentName],
    ['status = ?', query.status],
    ['job_type = ?', query.jobType],
    ['parent_run_id = ?', query.parentRunId],
    ['created_at_us < ?', query.createdBeforeUs],
    ['created_at_us > ?', query.createdAfterUs],
    ['start_time_us >= ?', query.startTimeFromUs],
    ['start_time_us <= ?', query.startTimeToUs],
    ['(created_at_us, run_no) < (?, ?)', query.after?.createdAtUs, query.after?.runNo],
  ]
  const used = conditions.filter(([, first]) => first !== undefined)
  return {
    where: used.length === 0 ? '' : `WHERE ${used.map(([sql]) => sql).join(' AND ')}`,
    params: used.flatMap(([, ...params]) => params as SqliteValue[]),
  }
}

/**
 * SQLite chooses well by itself wherever one equality leads to an index in the order of the list. A range of start
 * times does not: walking down the list is best for a wide range, sorting the range for a narrow one.
 */
function chooseIndex(query: RunQuery, prepare: (sql: string) => SqliteStatement): string {
  const { agentName, status, jobType, parentRunId, startTimeFromUs, startTimeToUs } = query
  const hasEquality = [agentName, status, jobType, parentRunId].some((value) => value !== undefined)
  if (hasEquality || (startTimeFromUs === undefined && startTimeToUs === undefined)) return ''

  const inRange = prepare(
    `SELECT count(*) AS n FROM (SELECT 1 FROM runs INDEXED BY runs_by_start
      WHERE start_time_us BETWEEN ? AND ? LIMIT ${FEW_RUNS})`,
  ).get(startTimeFromUs ?? Number.MIN_SAFE_INTEGER, startTimeToUs ?? Number.MAX_SAFE_INTEGER)
  return Number(inRange?.['n']) < FEW_RUNS ? 'INDEXED BY runs_by_start' : 'INDEXED BY runs_by_creation'
}

export function openRunEvents(
  database: SqliteDriver,
): (eventId: string) => readonly StoredRunEvent[] | undefined {
  const findRun = database.prepare('SELECT run_no FROM runs WHERE event_id = ?')
  const select = database.prepare(
    'SELECT event_id, event_type, timestamp, timestamp_us, payload FROM run_events WHERE run_no = ? ORDER BY timestamp_us, run_event_no',
  )
  return (eventId) => {
    const runNo = findRun.get(eventId)?.['run_no']
    return runNo === undefined ? undefined : select.all(runNo).map(toRunEvent)
  }
}

function toRunEvent(row: SqliteRow): StoredRunEvent {
  return {
    eventId: row['event_id'] as string | null,
    eventType: String(row['event_type']),
    timestamp: String(row['timestamp']),
    timestampUs: Number(row['timestamp_us']),
    payload: row['payload'] as string | null,
  }
}

export function openRunCounts(database: SqliteDriver): (createdAfterUs: number) => RunCounts {
  const byAgentAndJobType = database.prepare(
    'SELECT agent_name, job_type, runs FROM run_counts WHERE runs > 0 ORDER BY agent_name, job_type',
  )
  const recent = database.prepare('SELECT count(*) AS n FROM runs WHERE created_at_us > ?')
  return (createdAfterUs) => {
    const counts = byAgentAndJobType.all().map((row) => ({
      agentName: String(row['agent_name']),
      jobType: String(row['job_type']),
      runs: Number(row['runs']),
    }))
    return {
      total: counts.reduce((sum, { runs }) => sum + runs, 0),
      recent: Number(recent.get(createdAfterUs)?.['n']),
      byAgentAndJobType: counts,
    }
  }
}
