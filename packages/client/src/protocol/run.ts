/** Statuses of a run. `running` is the only one that is not an end. */
export const RunStatus = {
  RUNNING: 'running',
  SUCCESS: 'success',
  FAILURE: 'failure',
  PARTIAL: 'partial',
  TIMEOUT: 'timeout',
  CANCELLED: 'cancelled',
} as const
export type RunStatus = (typeof RunStatus)[keyof typeof RunStatus]

/** Other words that are read as a status. */
export const runStatusAliases = { failed: 'failure', completed: 'success', succeeded: 'success' } as const
export type RunStatusAlias = keyof typeof runStatusAliases

/** Who made the commit of a run. */
export const CommitSource = { MANUAL: 'manual', LLM: 'llm', CI: 'ci' } as const
export type CommitSource = (typeof CommitSource)[keyof typeof CommitSource]

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** What may change while a run goes on. Times are ISO 8601 with offset, durations whole milliseconds. */
export interface RunChanges {
  readonly end_time?: string | null
  readonly status?: RunStatus | RunStatusAlias | null
  /** `cli web scheduler mcp manual`, or any other word. */
  readonly trigger_type?: string | null
  readonly agent_owner?: string | null
  readonly host?: string | null
  readonly environment?: string | null
  readonly product?: string | null
  readonly product_family?: string | null
  readonly platform?: string | null
  readonly subdomain?: string | null
  readonly website?: string | null
  readonly website_section?: string | null
  readonly item_name?: string | null
  readonly items_discovered?: number | null
  readonly items_succeeded?: number | null
  readonly items_failed?: number | null
  readonly items_skipped?: number | null
  readonly duration_ms?: number | null
  readonly input_summary?: string | null
  readonly output_summary?: string | null
  readonly source_ref?: string | null
  readonly target_ref?: string | null
  readonly error_summary?: string | null
  readonly error_details?: string | null
  readonly git_repo?: string | null
  readonly git_branch?: string | null
  readonly git_run_tag?: string | null
  readonly git_commit_hash?: string | null
  readonly git_commit_source?: CommitSource | null
  readonly git_commit_author?: string | null
  readonly git_commit_timestamp?: string | null
  /** Any JSON, or a string that holds JSON. */
  readonly metrics_json?: Json
  readonly context_json?: Json
  readonly insight_id?: string | null
  readonly parent_run_id?: string | null
  readonly api_posted?: boolean | null
  readonly api_posted_at?: string | null
  readonly api_retry_count?: number | null
}

/** One execution of an agent, as it is created. */
export interface NewRun extends RunChanges {
  /** The idempotency key: any text of 1 to 255 characters, usually a UUID. */
  readonly event_id: string
  /** Up to 255 characters without `/`, `\` and U+0000. */
  readonly run_id: string
  readonly agent_name: string
  readonly job_type: string
  readonly start_time: string
  readonly created_at?: string | null
}

/** One execution of an agent, as it reads back. */
export interface RunRecord extends NewRun {
  readonly id: number
  readonly schema_version: number
  readonly created_at: string
  readonly updated_at: string
  readonly status: RunStatus
  /** HTTPS link to the commit or the repository on its host, null where it cannot be told. */
  readonly commit_url: string | null
  readonly repo_url: string | null
  /** Says why `metrics_json` reads back as a plain string. */
  readonly metrics_json_parse_error?: string
  readonly context_json_parse_error?: string
}

/** One entry of a run's timeline. */
export interface RunTimelineEvent {
  readonly event_type: string
  readonly timestamp: string
  readonly payload?: Json
  /** Makes a repeated delivery of the same entry count once. */
  readonly event_id?: string | null
}
