import { runColumns } from '../run-rows.ts'
import type { RunCounts, StoredRun, StoredRunEvent } from '../run-store.ts'
import type { SqliteDriver, SqliteRow } from './driver.ts'

/** What the server presumes of a silent run stands in for what the client has not said. */
const PRESUMED: Readonly<Record<string, string>> = {
  end_time: 'coalesce(end_time, presumed_end_time) AS end_time',
  error_summary: `coalesce(presumed_error || '; ' || error_summary, presumed_error, error_summary) AS error_summary`,
}
/** The columns of a run as it reads back. */
export const RUN_COLUMNS = [
  'run_no',
  ...runColumns.map((name) => PRESUMED[name] ?? name),
  'created_at_us',
  'updated_at_us',
].join(', ')

export function openRunFinder(database: SqliteDriver): (eventId: string) => StoredRun | undefined {
  const find = database.prepare(`SELECT ${RUN_COLUMNS} FROM runs WHERE event_id = ?`)
  return (eventId) => find.get(eventId) as StoredRun | undefined
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
