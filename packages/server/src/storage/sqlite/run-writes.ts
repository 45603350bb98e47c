import { type RunFieldRule, runFields } from '@mosaicstack/telemetry-client/protocol'

import { runColumns } from '../run-rows.ts'
import type { RunWrite, RunWriteResult } from '../run-store.ts'
import type { SqliteDriver } from './driver.ts'
import type { RunCounter } from './run-counts.ts'

/**
 * How a repeated write is merged into the run that is there. Writes may arrive late and out of order, so:
 *
 * - A write that says `running` is an early one. It only fills gaps, and never takes an end back.
 * - Any other write is a later one: what it says replaces what is there, what it leaves out stays.
 * - A count of 0 says nothing: clients send it where nothing was counted.
 * - What was set when the run began (ids, names, start) stays as it is.
 * - An end that the server only presumed gives way to any end or status that the client says.
 */
const IS_EARLY = `excluded.status = 'running'`

function mergedColumn(name: string, rule: RunFieldRule): string | undefined {
  if (rule.immutable) return undefined
  if (name === 'status') return `status = CASE WHEN ${IS_EARLY} THEN runs.status ELSE excluded.status END`
  if (rule.kind === 'count' || rule.kind === 'flag') {
    return `${name} = CASE WHEN excluded.${name} = 0 OR (${IS_EARLY} AND runs.${name} <> 0) THEN runs.${name} ELSE excluded.${name} END`
  }
  return `${name} = CASE WHEN ${IS_EARLY} THEN coalesce(runs.${name}, excluded.${name}) ELSE coalesce(excluded.${name}, runs.${name}) END`
}

/** A column's value in a change: what the change leaves out stays. */
function changedColumn(name: string, rule: RunFieldRule): string | undefined {
  if (rule.immutable) return undefined
  const merged = `coalesce(change.${name}, runs.${name})`
  if (name === 'git_commit_author' || name === 'git_commit_timestamp') {
    return `${name} = CASE WHEN change.is_commit AND change.git_commit_hash IS NOT runs.git_commit_hash
      THEN change.${name} ELSE ${merged} END`
  }
  return `${name} = ${merged}`
}

/** The server's presumption, gone as soon as the client has said better. */
function presumedColumns(clientSaidBetter: string): string {
  return ['presumed_end_time', 'presumed_error']
    .map((name) => `${name} = CASE WHEN ${clientSaidBetter} THEN NULL ELSE runs.${name} END`)
    .join(',\n    ')
}

const rules = Object.entries(runFields) as [string, RunFieldRule][]
const DEFAULTS: Readonly<Record<string, string | number>> = { count: 0, flag: 0, status: 'running' }
const defaults = rules.map(([, rule]) => DEFAULTS[rule.kind] ?? null)

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
    ${definedLines(rules.map(([name, rule]) => mergedColumn(name, rule)))},
    ${presumedColumns(`NOT ${IS_EARLY}`)},
    updated_at_us = max(runs.updated_at_us, excluded.updated_at_us)`)
  const change = database.prepare(`UPDATE runs SET
    ${definedLines(rules.map(([name, rule]) => changedColumn(name, rule)))},
    ${presumedColumns('change.status IS NOT NULL')},
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
        const values = write.values.map((value, index) => value ?? defaults[index] ?? null)
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

function definedLines(lines: readonly (string | undefined)[]): string {
  return lines.filter((line) => line !== undefined).join(',\n    ')
}
