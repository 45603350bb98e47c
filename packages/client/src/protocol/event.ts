import type {
  Complexity,
  Harness,
  Outcome,
  Provider,
  QualityGate,
  RepoSizeCategory,
  TaskType,
} from './enums.ts'

/**
 * One finished task, schema `1.0`. The bounds of every field stand in `event-fields.ts`; tokens are whole tokens,
 * durations whole milliseconds, money whole micro-dollars (1 USD = 1 000 000).
 */
export interface TaskCompletionEvent {
  /** The installation that reports. A key belongs to one instance. */
  instance_id: string
  /** Unique per instance: the same id sent twice is counted once. The server makes one when it is absent. */
  event_id?: string | null
  /** `"1.0"` when absent. */
  schema_version?: string | null
  /** When the task ended, RFC 3339 with offset. Arrival time when absent. */
  timestamp?: string | null
  /** Wall-clock time of the task. */
  task_duration_ms: number
  task_type: TaskType
  complexity: Complexity
  harness: Harness
  /** The model's name as its provider spells it; predictions compare canonical names. */
  model: string
  provider: Provider
  estimated_input_tokens: number
  estimated_output_tokens: number
  /** All input, cached included. */
  actual_input_tokens: number
  actual_output_tokens: number
  estimated_cost_usd_micros: number
  actual_cost_usd_micros: number
  quality_gate_passed: boolean
  /** Repeats are collapsed. `[]` when absent. */
  quality_gates_run?: readonly QualityGate[] | null
  /** Repeats are collapsed. `[]` when absent. */
  quality_gates_failed?: readonly QualityGate[] | null
  context_compactions: number
  context_rotations: number
  /** Share of the context window in use when the task ended, 0 to 1. */
  context_utilization_final: number
  outcome: Outcome
  retry_count: number
  /** Main programming language. */
  language?: string | null
  repo_size_category?: RepoSizeCategory | null
}
