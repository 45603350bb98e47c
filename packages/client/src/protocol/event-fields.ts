import { Complexity, Harness, Outcome, Provider, QualityGate, RepoSizeCategory, TaskType } from './enums.ts'
import type { TaskCompletionEvent } from './event.ts'

/**
 * The one table of the event schema. The validator, the JSON Schema, the test vectors and the server's columns all
 * follow from it; a bound is written here and nowhere else.
 */
export type FieldRule =
  | { readonly kind: 'uuid'; readonly required: boolean }
  | { readonly kind: 'schema_version'; readonly required: boolean }
  | { readonly kind: 'timestamp'; readonly required: boolean }
  | { readonly kind: 'integer'; readonly required: boolean; readonly min: number; readonly max: number }
  | { readonly kind: 'number'; readonly required: boolean; readonly min: number; readonly max: number }
  | { readonly kind: 'boolean'; readonly required: boolean }
  | {
      readonly kind: 'string'
      readonly required: boolean
      readonly minLength: number
      readonly maxLength: number
    }
  | { readonly kind: 'enum'; readonly required: boolean; readonly values: readonly string[] }
  | { readonly kind: 'enum_set'; readonly required: boolean; readonly values: readonly string[] }

export type FieldTable = Readonly<Record<string, FieldRule>>

export const eventFields = {
  instance_id: { kind: 'uuid', required: true },
  event_id: { kind: 'uuid', required: false },
  schema_version: { kind: 'schema_version', required: false },
  timestamp: { kind: 'timestamp', required: false },
  task_duration_ms: integer(86_400_000),
  task_type: oneOf(TaskType),
  complexity: oneOf(Complexity),
  harness: oneOf(Harness),
  model: { kind: 'string', required: true, minLength: 1, maxLength: 100 },
  provider: oneOf(Provider),
  estimated_input_tokens: integer(10_000_000),
  estimated_output_tokens: integer(10_000_000),
  actual_input_tokens: integer(10_000_000),
  actual_output_tokens: integer(10_000_000),
  estimated_cost_usd_micros: integer(100_000_000),
  actual_cost_usd_micros: integer(100_000_000),
  quality_gate_passed: { kind: 'boolean', required: true },
  quality_gates_run: { kind: 'enum_set', required: false, values: Object.values(QualityGate) },
  quality_gates_failed: { kind: 'enum_set', required: false, values: Object.values(QualityGate) },
  context_compactions: integer(100),
  context_rotations: integer(50),
  context_utilization_final: { kind: 'number', required: true, min: 0, max: 1 },
  outcome: oneOf(Outcome),
  retry_count: integer(20),
  language: { kind: 'string', required: false, minLength: 0, maxLength: 30 },
  repo_size_category: { kind: 'enum', required: false, values: Object.values(RepoSizeCategory) },
} as const satisfies Record<keyof TaskCompletionEvent, FieldRule>

/** No bound of its own: the question whether a task stays below a thousand dollars has an answer. */
const budget = { kind: 'integer', required: false, min: 0, max: Number.MAX_SAFE_INTEGER } as const

/** The four dimensions of a prediction, under the same rules as in an event, and the budgets that it is asked about. */
export const predictionQueryFields = {
  task_type: eventFields.task_type,
  model: eventFields.model,
  provider: eventFields.provider,
  complexity: eventFields.complexity,
  budget_input_tokens: budget,
  budget_output_tokens: budget,
  budget_cost_usd_micros: budget,
  budget_duration_ms: budget,
} as const satisfies FieldTable

function integer(max: number) {
  return { kind: 'integer', required: true, min: 0, max } as const
}

function oneOf(values: Readonly<Record<string, string>>) {
  return { kind: 'enum', required: true, values: Object.values(values) } as const
}
