import type { Command } from 'commander'

import type { RunQuery } from './run-api.ts'

export interface RunFilterFlags {
  readonly agent?: string
  readonly status?: string
  readonly jobType?: string
  readonly parent?: string
  readonly since?: string
  readonly until?: string
}

export function addRunFilters(command: Command): Command {
  return command
    .option('--agent <name>', 'runs of that agent')
    .option('--status <status>', 'running, success, failure, partial, timeout or\ncancelled')
    .option('--job-type <type>', 'runs of that job')
    .option('--parent <run-id>', 'runs started by that run')
    .option('--since <time>', 'started then or later, such as 2026-01-31')
    .option('--until <time>', 'started then or earlier')
}

/** The server checks the values, and names what is wrong. */
export function toRunQuery(flags: RunFilterFlags): RunQuery {
  return {
    agent_name: flags.agent,
    status: flags.status,
    job_type: flags.jobType,
    parent_run_id: flags.parent,
    start_time_from: flags.since,
    start_time_to: flags.until,
  }
}
