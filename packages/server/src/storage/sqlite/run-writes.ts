import { changeAssignments, mergeAssignments, runDefaults } from '../run-merging.ts'
import { runColumns } from '../run-rows.ts'
import type { RunWrite, RunWriteResult } from '../run-store.ts'
import type { SqliteDriver } from './driver.ts'
import type { RunCounter } from './run-counts.ts'

const agentColumn = runColumns.indexOf('agent_name')
const jobColumn = runColumns.indexOf('job_type')

/** Opens the writes of runs, to be used inside the caller's transaction. */
export function openRunWriter(
  database: SqliteDriver,
  counter: RunCounter,
): (write: RunWrite) => RunWriteResult {
  const columns = [...runColumns, 'created_at_us', 'start_time_us', 'updated_at_us']
  const insert = `INSERT INTO runs (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
  const create = database.prepare(`${insert} ON CONFLICT (event_id) DO NOTHING`)
  const merge = database.prepare(`${insert} ON CONFLICT (event_id) DO UPDATE SET
    ${mergeAssignments()},
    updated_at_us = max(runs.updated_at_us, excluded.updated_at_us)`)
  const change = database.prepare(`UPDATE runs SET
    ${changeAssignments()},
    updated_at_us = change.updated_at_us
    FROM (SELECT ${[...runColumns, 'is_commit', 'updated_at_us'].map((name) => `? AS ${name}`).join(', ')}) AS change
    WHERE runs.event_id = change.event_id`)
  const appendEvent = openTimelineWriter(database)
  const expire = database.prepare(`UPDATE runs
    SET status = 'timeout', presumed_end_time = ?, presumed_error = ?, updated_at_us = ?
    WHERE status = 'running' AND updated_at_us < ?`)

  return (write) => {
    switch (write.kind) {
      case 'create': {
        const values = write.values.map((value, index) => value ?? runDefaults[index] ?? null)
        const params = [...values, write.createdAtUs, write.startTimeUs, write.updatedAtUs]
        if (create.run(...params) === 1) {
          const { createdAtUs, startTimeUs } = write
          const [agentName, jobType] = [String(values[agentColumn]), String(values[jobColumn])]
          counter.count({ agentName, jobType, startTimeUs, createdAtUs })
          return { kind: 'created' }
        }
        if (write.onRepeat === 'merge') merge.run(...params)
        return { kind: 'repeated' }
      }
      case 'change': {
        const { eventId, values, isCommit, updatedAtUs } = write
        const changed = change.run(eventId, ...values.slice(1), Number(isCommit), updatedAtUs)
        return { kind: changed === 1 ? 'changed' : 'unknown_run' }
      }
      case 'timeline':
        return appendEvent(write)
      case 'expire': {
        const runs = expire.run(write.endTime, write.errorSummary, write.updatedAtUs, write.silentSinceUs)
        return { kind: 'expired', runs }
      }
    }
  }
}

function openTimelineWriter(
  database: SqliteDriver,
): (write: Extract<RunWrite, { kind: 'timeline' }>) => RunWriteResult {
  const find = database.prepare('SELECT run_no FROM runs WHERE event_id = ?')
  const touch = database.prepare('UPDATE runs SET updated_at_us = ? WHERE run_no = ?')
  const append = database.prepare(
    `INSERT INTO run_events (run_no, event_id, event_type, timestamp, timestamp_us, payload) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  return ({ eventId, events, updatedAtUs }) => {
    const runNo = find.get(eventId)?.['run_no']
    if (runNo === undefined) return { kind: 'unknown_run' }

    touch.run(updatedAtUs, runNo)
    for (const event of events) {
      append.run(runNo, event.eventId, event.eventType, event.timestamp, event.timestampUs, event.payload)
    }
    return { kind: 'changed' }
  }
}
