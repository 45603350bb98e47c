import { findEventProblems, taskEventId } from '@mosaicstack/telemetry-client/protocol'
import type { StoredOtlpRequest } from '@mosaicstack/telemetry-client/protocol'
import { expect, it } from 'vitest'

import { instance } from '../testing/an-observation.ts'
import { anOtlpRequest } from '../testing/an-otlp-batch.ts'
import { taskEvent } from './task-event.ts'
import type { SessionTask } from './tasks-of-session.ts'

const END_MS = Date.UTC(2026, 10, 21, 9)
const session = { instanceId: instance(0), sessionId: 'session' }

it('says what the requests say together, under the id that every reader of the task gives it', () => {
  const event = eventOf({
    requests: [
      aRequest({ fresh_input_tokens: 1, cache_read_tokens: 20, cache_write_tokens: 300, output_tokens: 4 }),
      aRequest({ fresh_input_tokens: 5000, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 6 }),
    ],
    startedAtMs: END_MS - 1234,
    compactions: 1,
    apiErrors: 2,
  })

  expect(findEventProblems(event, END_MS)).toEqual([])
  expect(event).toMatchObject({
    instance_id: instance(0),
    event_id: taskEventId({ harness: 'claude_code', sessionId: 'session', promptId: 'prompt' }),
    timestamp: '2026-11-21T09:00:00.000Z',
    task_duration_ms: 1234,
    harness: 'claude_code',
    provider: 'anthropic',
    actual_input_tokens: 5321,
    actual_output_tokens: 10,
    actual_cost_usd_micros: 60_354,
    context_compactions: 1,
    context_utilization_final: 5000 / 200_000,
    retry_count: 2,
    outcome: 'success',
  })
})

it('is of the model that cost most, not of the one that was asked most', () => {
  const cheap = aRequest({ model: 'claude-haiku-4-5', cost_usd_micros: 10 })
  const dear = aRequest({ model: 'claude-opus-4-6', cost_usd_micros: 1000 })

  expect(eventOf({ requests: [cheap, dear, cheap] })).toMatchObject({ model: 'claude-opus-4-6' })
})

it('stands at the bounds of the event schema, and counts what is beyond them', () => {
  const made = make({
    requests: [aRequest({ cache_read_tokens: 20_000_000, cost_usd_micros: 200_000_000 })],
    startedAtMs: END_MS - 100 * 86_400_000,
    compactions: 400,
    apiErrors: 21,
  })

  expect(made).toMatchObject({ kind: 'event', clamped: 5 })
  expect(made.kind === 'event' && findEventProblems(made.event, END_MS)).toEqual([])
})

it('is not made while the cost of any request is unknown', () => {
  const requests = [aRequest({}), aRequest({ cost_usd_micros: null })]

  expect(make({ requests })).toEqual({ kind: 'unpriced' })
})

it('has no time ahead of the clock, so that it is not refused for its sender’s', () => {
  const event = eventOf({ endedAtMs: END_MS + 90 * 86_400_000, startedAtMs: END_MS })

  expect(event).toMatchObject({ timestamp: '2026-11-21T09:00:00.000Z' })
})

it.each([
  [{ cache_read_tokens: 300_000 }, 0.304_742],
  [{ model: 'claude-opus-4-6[1m]', cache_read_tokens: 100_000 }, 0.104_742],
  [{ model: 'gpt-5' }, 0],
])('knows how full the window was with %j', (fields, share) => {
  const event = eventOf({ requests: [aRequest(fields)] })

  expect(event.context_utilization_final).toBeCloseTo(share, 5)
})

it('is a failure where the provider had the last word', () => {
  expect(eventOf({ endsInError: true })).toMatchObject({ outcome: 'failure' })
})

it('names a harness that the schema does not know as custom, though not in its id', () => {
  const event = eventOf({ requests: [aRequest({ harness: 'gemini_cli' })] })

  expect(event).toMatchObject({
    harness: 'custom',
    event_id: taskEventId({ harness: 'gemini_cli', sessionId: 'session', promptId: 'prompt' }),
  })
})

function make(fields: Partial<SessionTask>) {
  const task: SessionTask = {
    promptId: 'prompt',
    promptIds: ['prompt'],
    requests: [aRequest({})],
    startedAtMs: END_MS - 1000,
    endedAtMs: END_MS,
    compactions: 0,
    apiErrors: 0,
    endsInError: false,
    ...fields,
  }
  return taskEvent(task, session, (request) => request.cost_usd_micros ?? undefined, END_MS)
}

function eventOf(fields: Partial<SessionTask>) {
  const made = make(fields)
  if (made.kind !== 'event') throw new Error(made.kind)
  return made.event
}

function aRequest(fields: Partial<StoredOtlpRequest>): StoredOtlpRequest {
  return { position: 1, ...anOtlpRequest(fields) }
}
