import type { EventDefaults } from './event-defaults.ts'
import { SCHEMA_VERSION, type TaskCompletionEvent } from './protocol/index.ts'

/**
 * Copies the known fields, each read once, into an object of one fixed shape. What the caller does with the event
 * afterwards has no effect, and unknown fields (which might be private) never leave the process.
 *
 * May throw what a getter of the event throws.
 */
export function snapshotEvent(event: TaskCompletionEvent, defaults: EventDefaults): TaskCompletionEvent {
  return {
    instance_id: event.instance_id,
    event_id: event.event_id ?? defaults.eventId(),
    schema_version: event.schema_version ?? SCHEMA_VERSION,
    timestamp: event.timestamp ?? defaults.timestamp(),
    task_duration_ms: event.task_duration_ms,
    task_type: event.task_type,
    complexity: event.complexity,
    harness: event.harness,
    model: event.model,
    provider: event.provider,
    estimated_input_tokens: event.estimated_input_tokens,
    estimated_output_tokens: event.estimated_output_tokens,
    actual_input_tokens: event.actual_input_tokens,
    actual_output_tokens: event.actual_output_tokens,
    estimated_cost_usd_micros: event.estimated_cost_usd_micros,
    actual_cost_usd_micros: event.actual_cost_usd_micros,
    quality_gate_passed: event.quality_gate_passed,
    quality_gates_run: copySet(event.quality_gates_run),
    quality_gates_failed: copySet(event.quality_gates_failed),
    context_compactions: event.context_compactions,
    context_rotations: event.context_rotations,
    context_utilization_final: event.context_utilization_final,
    outcome: event.outcome,
    retry_count: event.retry_count,
    language: event.language ?? null,
    repo_size_category: event.repo_size_category ?? null,
  }
}

/** There are six gates: a longer list repeats some, or is wrong. */
const MAX_DISTINCT = 6
/** No honest list is longer; an array of four billion repeats must not hold up the caller. */
const MAX_READ = 1_000

/**
 * Copies a list without its repeats. One wrong item is enough for the validator to refuse the event, so the copy ends
 * with the seventh distinct one. A longer list that is right so far is right: the rest can only repeat or be ignored.
 */
function copySet<Item>(items: readonly Item[] | null | undefined): Item[] {
  if (!Array.isArray(items)) return (items ?? []) as Item[] // what is no array is for the validator to name
  const end = Math.min(items.length, MAX_READ)
  if (end === 0) return []
  // A push would reserve room for 17 items; nearly always the list has no repeats and fits exactly.
  // oxlint-disable-next-line unicorn/no-new-array -- the argument is the room to reserve
  const copy = new Array<Item>(Math.min(end, MAX_DISTINCT + 1))
  let length = 0
  for (let index = 0; index < end && length <= MAX_DISTINCT; index++) {
    const item = items[index] as Item
    if (!includes(copy, length, item)) copy[length++] = item
  }
  if (copy.length !== length) copy.length = length
  return copy
}

function includes(items: readonly unknown[], length: number, wanted: unknown): boolean {
  for (let index = 0; index < length; index++) if (items[index] === wanted) return true
  return false
}
