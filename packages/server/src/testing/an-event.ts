import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'

import { type EventRows, toEventRows } from '../storage/event-rows.ts'
import type { Instance } from '../storage/store.ts'
import { instance, NOW_MS } from './an-observation.ts'

/** A valid event of `instance(0)` that leaves out what may be left out; name the fields that matter. */
export function anEvent(fields: Partial<TaskCompletionEvent> = {}): TaskCompletionEvent {
  return {
    instance_id: instance(0),
    task_duration_ms: 60_000,
    task_type: 'implementation',
    complexity: 'medium',
    harness: 'claude_code',
    model: 'claude-sonnet-4-5',
    provider: 'anthropic',
    estimated_input_tokens: 900,
    estimated_output_tokens: 90,
    actual_input_tokens: 1000,
    actual_output_tokens: 100,
    estimated_cost_usd_micros: 4000,
    actual_cost_usd_micros: 5000,
    quality_gate_passed: true,
    context_compactions: 0,
    context_rotations: 0,
    context_utilization_final: 0.5,
    outcome: 'success',
    retry_count: 0,
    ...fields,
  }
}

/** The event id with a number. */
export function eventId(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
}

/** The rows of one request: an event for each number, which is its id and its input tokens. */
export function rowsOf(
  sender: Pick<Instance, 'instanceId' | 'instanceNo'>,
  numbers: readonly number[],
  fields: Partial<TaskCompletionEvent> = {},
  receivedAtMs = NOW_MS,
): EventRows {
  const events = numbers.map((number) => ({
    ...anEvent({ instance_id: sender.instanceId, actual_input_tokens: number, ...fields }),
    event_id: eventId(number),
  }))
  return toEventRows(sender, events, receivedAtMs)
}
