import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { toEventRows } from '../storage/event-rows.ts'
import { AppendedRow } from '../storage/store.ts'
import { anEvent, eventId, rowsOf } from '../testing/an-event.ts'
import { aQuery, DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { propertyRuns } from '../testing/property-runs.ts'
import type { Observation } from './observation.ts'
import { Units } from './units.ts'

const WINDOW_MS = 90 * DAY_MS
const QUERIED = {
  taskType: aQuery.task_type,
  model: aQuery.model,
  provider: aQuery.provider,
  complexity: aQuery.complexity,
}

interface Request {
  readonly sender: number
  readonly receivedAtMs: number
  readonly events: readonly TaskCompletionEvent[]
}

it('folds the rows of requests as it folds their events one by one', () => {
  fc.assert(
    fc.property(fc.array(aRequest(), { maxLength: 12 }), fc.nat(2 * WINDOW_MS), (requests, laterMs) => {
      const settings = { windowMs: WINDOW_MS, minModelInstances: 2, maxInstancesPerCell: 2 }
      const [byRows, byEvents] = [new Units(settings), new Units(settings)]
      for (const units of [byRows, byEvents]) units.expire(NOW_MS)

      for (const request of requests) {
        byRows.foldRows(toRows(request), allStored(request.events.length))
        for (const observation of toObservations(request)) byEvents.fold(observation)
      }

      expectEqual(byRows, byEvents)
      for (const units of [byRows, byEvents]) units.expire(NOW_MS + laterMs)
      expectEqual(byRows, byEvents)
    }),
    { numRuns: propertyRuns(200) },
  )
})

it('folds only the rows that were not stored before', () => {
  const units = new Units({ windowMs: WINDOW_MS })
  units.expire(NOW_MS)

  units.foldRows(
    rowsOf(senderOf(0), [1, 2, 3]),
    Uint8Array.of(AppendedRow.STORED, AppendedRow.STORED_BEFORE, AppendedRow.INSTANCE_DELETED),
  )

  expect(units.eventsOf(instance(0))).toBe(1)
})

it('counts the rows of an instance that is set aside as soon as it no longer is', () => {
  const units = new Units({ windowMs: WINDOW_MS })
  units.expire(NOW_MS)
  units.setAside(new Set([instance(0)]))

  units.foldRows(rowsOf(senderOf(0), [1, 2]), allStored(2))
  units.foldRows(rowsOf(senderOf(0), [3]), allStored(1))
  const whileSetAside = units.eventsOf(instance(0))
  units.setAside(new Set())

  expect(whileSetAside).toBe(0)
  expect(units.eventsOf(instance(0))).toBe(3)
})

it('finds a cell again that had gone with its last unit', () => {
  const units = new Units({ windowMs: WINDOW_MS })
  units.expire(NOW_MS)
  units.foldRows(rowsOf(senderOf(0), [1]), allStored(1))
  units.deleteInstance(instance(0))

  units.foldRows(rowsOf(senderOf(1), [2]), allStored(1))

  expect(units.levelsOf(QUERIED)[0]?.eventCount).toBe(1)
})

it('counts rows that arrive ahead of the clock when it reaches them, in whatever order they were folded', () => {
  const units = new Units({ windowMs: WINDOW_MS })
  units.expire(NOW_MS)
  units.foldRows(rowsOf(senderOf(0), [1], {}, NOW_MS), allStored(1))
  units.foldRows(rowsOf(senderOf(0), [2], {}, NOW_MS + 20), allStored(1))
  units.foldRows(rowsOf(senderOf(0), [3], {}, NOW_MS + 10), allStored(1))
  units.foldRows(rowsOf(senderOf(0), [4], {}, NOW_MS), allStored(1))

  const counts = [0, 9, 10, 19, 20].map((ms) => {
    units.expire(NOW_MS + ms)
    return units.eventsOf(instance(0))
  })

  expect(counts).toEqual([2, 2, 3, 3, 4])
})

function aRequest(): fc.Arbitrary<Request> {
  return fc.record({
    sender: fc.nat(4),
    receivedAtMs: fc
      .oneof(
        fc.nat(3).map((days) => days * DAY_MS),
        fc.nat(WINDOW_MS + 8 * DAY_MS),
        fc.constant(-1),
      )
      .map((agoMs) => NOW_MS - agoMs),
    events: fc.array(someEvent(), { maxLength: 8 }),
  })
}

function someEvent(): fc.Arbitrary<TaskCompletionEvent> {
  return fc
    .record({
      task_type: fc.constantFrom('implementation' as const, 'testing' as const),
      model: fc.constantFrom('claude-sonnet-4-5', 'anthropic/claude-sonnet-4.5', 'gpt-5-codex'),
      provider: fc.constantFrom('anthropic' as const, 'openai' as const),
      actual_input_tokens: fc.oneof(fc.constant(0), fc.nat(1_000_000)),
      actual_output_tokens: fc.nat(2),
      outcome: fc.constantFrom('success' as const, 'failure' as const),
      quality_gate_passed: fc.boolean(),
      quality_gates_run: fc.constantFrom([], ['lint' as const]),
    })
    .map(anEvent)
}

function toRows({ sender, receivedAtMs, events }: Request) {
  const storable = events.map((event, number) => ({ ...event, event_id: eventId(number) }))
  return toEventRows(senderOf(sender), storable, receivedAtMs)
}

function toObservations({ sender, receivedAtMs, events }: Request): Observation[] {
  return events.map((event) => ({
    instanceId: instance(sender),
    receivedAtMs,
    taskType: event.task_type,
    model: event.model,
    provider: event.provider,
    complexity: event.complexity,
    inputTokens: event.actual_input_tokens,
    outputTokens: event.actual_output_tokens,
    costUsdMicros: event.actual_cost_usd_micros,
    durationMs: event.task_duration_ms,
    estimatedInputTokens: event.estimated_input_tokens,
    estimatedOutputTokens: event.estimated_output_tokens,
    succeeded: event.outcome === 'success',
    gatesPassed: event.quality_gate_passed,
    gatesListed: (event.quality_gates_run ?? []).length > 0,
  }))
}

function senderOf(number: number) {
  return { instanceId: instance(number), instanceNo: number + 1 }
}

function allStored(count: number): Uint8Array {
  return new Uint8Array(count).fill(AppendedRow.STORED)
}

/** Compares what is stored, what is left out and what counts. */
function expectEqual(a: Units, b: Units): void {
  expect(a.notKept).toEqual(b.notKept)
  expect(countsOf(a)).toEqual(countsOf(b))
  expect(a.takeDirty()).toEqual(b.takeDirty())
}

function countsOf(units: Units) {
  const levels = units.levelsOf(QUERIED)
  return levels.map((level) => level && [level.eventCount, units.table.countsAt(level)])
}
