import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'
import fc from 'fast-check'

import { toEventRows } from '../storage/event-rows.ts'
import type { Instance, Store } from '../storage/store.ts'
import { anEvent, eventId } from './an-event.ts'
import { NOW_MS } from './an-observation.ts'
import type { ArrivedEvent } from './slow-sums.ts'

const DAY_MS = 86_400_000

const amount = (max: number) => fc.oneof(fc.constant(0), fc.nat(max), fc.constant(max))
const gates = fc.subarray(['build', 'lint', 'test', 'coverage', 'typecheck', 'security'] as const)

/** Events of the three weeks before `NOW_MS` with everything that the dashboard adds up; some by a broken clock. */
export const anyEvent: fc.Arbitrary<Partial<TaskCompletionEvent>> = fc.record({
  timestamp: fc
    .oneof(fc.integer({ min: NOW_MS - 21 * DAY_MS, max: NOW_MS + DAY_MS }), fc.constantFrom(0, -1e12, 1e12))
    .map((timeMs) => new Date(timeMs).toISOString()),
  model: fc.constantFrom('claude-sonnet-4-5', 'openrouter/anthropic/claude-sonnet-4.5', 'gpt-5', '<script>'),
  provider: fc.constantFrom('anthropic', 'openai'),
  harness: fc.constantFrom('claude_code', 'aider', 'unknown'),
  task_type: fc.constantFrom('implementation', 'testing', 'unknown'),
  complexity: fc.constantFrom('low', 'medium', 'high', 'critical'),
  outcome: fc.constantFrom('success', 'failure', 'partial', 'timeout'),
  task_duration_ms: amount(86_400_000),
  actual_cost_usd_micros: amount(100_000_000),
  estimated_cost_usd_micros: amount(100_000_000),
  actual_input_tokens: amount(10_000_000),
  estimated_input_tokens: amount(10_000_000),
  actual_output_tokens: amount(100),
  estimated_output_tokens: amount(100),
  retry_count: fc.nat(20),
  quality_gate_passed: fc.boolean(),
  quality_gates_run: gates,
  quality_gates_failed: gates,
})

/** Stores events of one sender, numbered from `firstNumber` on. @returns what was stored. */
export async function storeEvents(
  store: Pick<Store, 'appendEvents'>,
  sender: Instance,
  events: readonly Partial<TaskCompletionEvent>[],
  { firstNumber = 1, receivedAtMs = NOW_MS } = {},
): Promise<readonly ArrivedEvent[]> {
  if (events.length === 0) return []
  const whole = events.map((fields, index) => ({
    ...anEvent({ instance_id: sender.instanceId, ...fields }),
    event_id: eventId(firstNumber + index),
  }))
  await store.appendEvents([toEventRows(sender, whole, receivedAtMs)])
  return whole.map((event) => ({ event, receivedAtMs }))
}
