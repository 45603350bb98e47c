import type { NewRun, RunTimelineEvent } from '../protocol/index.ts'

/** What tells a run apart and is enough to make it known to a server. */
export type RunIdentity = Pick<NewRun, 'event_id' | 'run_id' | 'agent_name' | 'job_type' | 'start_time'>

export interface Commit {
  readonly commit_hash: string
  readonly commit_source: string
  readonly commit_author?: string
  readonly commit_timestamp?: string
}

/**
 * One write as it waits in the backlog. Commits and timeline entries carry their run's identity: they may reach the
 * server before the run does, when another process has the run's own record in its care.
 */
export type RunWrite =
  | { readonly kind: 'run'; readonly run: NewRun }
  | { readonly kind: 'commit'; readonly run: RunIdentity; readonly commit: Commit }
  | { readonly kind: 'timeline'; readonly run: RunIdentity; readonly event: RunTimelineEvent }

/** Reads a record of the backlog. */
export function readRunWrite(record: string): RunWrite {
  return JSON.parse(record) as RunWrite
}
