import { CommitSource, type NewRun } from './run.ts'

/** How a field of a run is read. `null` reads as absent everywhere. */
export type RunFieldRule = {
  readonly kind: 'text' | 'count' | 'time' | 'status' | 'json' | 'flag'
  readonly required?: true
  /** Set by the first write, and by no later one. */
  readonly immutable?: true
  readonly maxLength?: number
  /** Characters that would turn an id into a path. */
  readonly isPathSafe?: true
  readonly values?: readonly string[]
}

const TEXT = { kind: 'text' } as const
const COUNT = { kind: 'count' } as const
const TIME = { kind: 'time' } as const

/** The one table of a run's fields: validation, columns and merging follow from it. */
export const runFields = {
  event_id: { kind: 'text', required: true, immutable: true, maxLength: 255 },
  run_id: { kind: 'text', required: true, immutable: true, maxLength: 255, isPathSafe: true },
  agent_name: { kind: 'text', required: true, immutable: true, maxLength: 255 },
  job_type: { kind: 'text', required: true, immutable: true, maxLength: 255 },
  start_time: { kind: 'time', required: true, immutable: true },
  created_at: { kind: 'time', immutable: true },
  end_time: TIME,
  status: { kind: 'status' },
  trigger_type: TEXT,
  agent_owner: TEXT,
  host: TEXT,
  environment: TEXT,
  product: TEXT,
  product_family: TEXT,
  platform: TEXT,
  subdomain: TEXT,
  website: TEXT,
  website_section: TEXT,
  item_name: TEXT,
  items_discovered: COUNT,
  items_succeeded: COUNT,
  items_failed: COUNT,
  items_skipped: COUNT,
  duration_ms: COUNT,
  input_summary: TEXT,
  output_summary: TEXT,
  source_ref: TEXT,
  target_ref: TEXT,
  error_summary: TEXT,
  error_details: TEXT,
  git_repo: TEXT,
  git_branch: TEXT,
  git_run_tag: TEXT,
  git_commit_hash: TEXT,
  git_commit_source: { kind: 'text', values: Object.values(CommitSource) },
  git_commit_author: TEXT,
  git_commit_timestamp: TIME,
  metrics_json: { kind: 'json' },
  context_json: { kind: 'json' },
  insight_id: TEXT,
  parent_run_id: TEXT,
  api_posted: { kind: 'flag' },
  api_posted_at: TIME,
  api_retry_count: COUNT,
} as const satisfies Readonly<Record<keyof NewRun, RunFieldRule>>

export type RunFieldName = keyof typeof runFields
