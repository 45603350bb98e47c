import { runColumns } from '../run-rows.ts'
import type { RunCounts, StoredRun, StoredRunEvent } from '../run-store.ts'
import type { Database, Session, SqlRow } from './session.ts'

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

export async function findRun(database: Session, eventId: string): Promise<StoredRun | undefined> {
  const row = await database.get(`SELECT ${RUN_COLUMNS} FROM runs WHERE event_id = $1`, [eventId])
  return row as StoredRun | undefined
}

export function listRunEvents(
  database: Database,
  eventId: string,
): Promise<readonly StoredRunEvent[] | undefined> {
  return database.readTransaction(async (session) => {
    const run = await session.get('SELECT run_no FROM runs WHERE event_id = $1', [eventId])
    if (run === undefined) return undefined
    const rows = await session.all(
      `SELECT event_id, event_type, timestamp, timestamp_us, payload FROM run_events
        WHERE run_no = $1 ORDER BY timestamp_us, run_event_no`,
      [run['run_no'] ?? null],
    )
    return rows.map(toRunEvent)
  })
}

function toRunEvent(row: SqlRow): StoredRunEvent {
  return {
    eventId: row['event_id'] as string | null,
    eventType: String(row['event_type']),
    timestamp: String(row['timestamp']),
    timestampUs: Number(row['timestamp_us']),
    payload: row['payload'] as string | null,
  }
}

export function readRunCounts(database: Database, createdAfterUs: number): Promise<RunCounts> {
  return database.readTransaction(async (session) => {
    const rows = await session.all(
      'SELECT agent_name, job_type, runs FROM run_counts WHERE runs > 0 ORDER BY agent_name, job_type',
    )
    const recent = await session.get('SELECT count(*) AS n FROM runs WHERE created_at_us > $1', [
      createdAfterUs,
    ])
    const counts = rows.map((row) => ({
      agentName: String(row['agent_name']),
      jobType: String(row['job_type']),
      runs: Number(row['runs']),
    }))
    return {
      total: counts.reduce((sum, { runs }) => sum + runs, 0),
      recent: Number(recent?.['n']),
      byAgentAndJobType: counts,
    }
  })
}
