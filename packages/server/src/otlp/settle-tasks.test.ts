import { taskEventId } from '@mosaicstack/telemetry-client/protocol'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'

import { GroupCommit } from '../ingest/group-commit.ts'
import { type EventCommits, ingestEvents, type IngestEvents } from '../ingest/ingest-events.ts'
import { intakeSteps } from '../ingest/steps.ts'
import type { OtlpMark } from '../storage/otlp-store.ts'
import type { Store } from '../storage/store.ts'
import { instance, NOW_MS } from '../testing/an-observation.ts'
import { anOtlpBatch, anOtlpRequest } from '../testing/an-otlp-batch.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import { otlpCounters } from './otlp-counters.ts'
import { settleTasks } from './settle-tasks.ts'

const QUIET_MS = 600_000

it('makes the event of a task when its session has been quiet, once, through the path of all events', async () => {
  await using world = await aWorld()
  await world.append({ requests: [anOtlpRequest({})] })

  await world.settleAt(NOW_MS + QUIET_MS - 1)
  const before = await world.store.countEvents()
  await world.settleAt(NOW_MS + QUIET_MS)
  await world.settleAt(NOW_MS + QUIET_MS)

  expect(before).toBe(0)
  expect(world.sentIds).toEqual([eventIdOf('prompt')])
  expect(await world.store.countEvents()).toBe(1)
  expect(await world.counted('mosaic_otlp_tasks_total', { result: 'stored' })).toBe(1)
})

it('keeps the event of an importer that came first', async () => {
  await using world = await aWorld()
  await world.append({ requests: [anOtlpRequest({})] })
  await world.settleAt(NOW_MS + QUIET_MS)
  await world.append({ requests: [anOtlpRequest({ request_id: 'b', prompt_id: 'second' })] })
  await world.importEvent('second')

  await world.settleAt(NOW_MS + 2 * QUIET_MS)

  expect(await world.store.countEvents()).toBe(2)
  expect(await world.counted('mosaic_otlp_tasks_total', { result: 'duplicate' })).toBe(1)
})

it('leaves a claimed session to its importer, and makes what is missing when the claim ends', async () => {
  await using world = await aWorld()
  const { instanceNo, store } = world
  await store.claimOtlpSession({ instanceNo, sessionId: 'session' }, NOW_MS + 10 * QUIET_MS)
  const requests = ['a', 'b'].map((id) => anOtlpRequest({ request_id: id, prompt_id: id }))
  await world.append({ requests })
  await world.importEvent('a')

  await world.settleAt(NOW_MS + 9 * QUIET_MS)
  const whileClaimed = await store.countEvents()
  await world.settleAt(NOW_MS + 10 * QUIET_MS)

  expect(whileClaimed).toBe(1)
  expect(await store.countEvents()).toBe(2)
})

it('counts what arrives after the event of its task, and makes no second one', async () => {
  await using world = await aWorld()
  await world.append({ requests: [anOtlpRequest({ request_id: 'a' })] })
  await world.settleAt(NOW_MS + QUIET_MS)
  await world.append({ requests: [anOtlpRequest({ request_id: 'b' })] })

  await world.settleAt(NOW_MS + 2 * QUIET_MS)
  await world.settleAt(NOW_MS + 3 * QUIET_MS)

  expect(world.sentIds).toHaveLength(1)
  expect(await world.counted('mosaic_otlp_late_requests_total', {})).toBe(1)
})

it('makes the event again after a crash between the event and its note, to no effect', async () => {
  await using world = await aWorld()
  await world.append({ requests: [anOtlpRequest({})] })
  const dying = { ...world.store, settleOtlp: () => Promise.reject(new Error('killed')) }

  await expect(world.settleAt(NOW_MS + QUIET_MS, { store: dying })).rejects.toThrow('killed')
  await world.settleAt(NOW_MS + QUIET_MS)

  expect(world.sentIds).toHaveLength(2)
  expect(await world.store.countEvents()).toBe(1)
})

it('keeps a task open while the store takes no events', async () => {
  await using world = await aWorld()
  await world.append({ requests: [anOtlpRequest({})] })

  await expect(world.settleAt(NOW_MS + QUIET_MS, { ingest: takingNothing })).rejects.toThrow('unavailable')
  await world.settleAt(NOW_MS + QUIET_MS)

  expect(await world.store.countEvents()).toBe(1)
})

it('counts a task of unknown cost instead of making it free', async () => {
  await using world = await aWorld()
  await world.append({ requests: [anOtlpRequest({ cost_usd_micros: null })] })

  await world.settleAt(NOW_MS + QUIET_MS)

  expect(await world.store.countEvents()).toBe(0)
  expect(await world.counted('mosaic_otlp_tasks_total', { result: 'unpriced' })).toBe(1)
})

it('gets to every session, however many there are', async () => {
  await using world = await aWorld()
  const requests = Array.from({ length: 230 }, (_, index) =>
    anOtlpRequest({ request_id: `${index}`, session_id: `session ${index}` }),
  )
  await world.append({ requests })

  await world.settleAt(NOW_MS + QUIET_MS)

  expect(await world.store.countEvents()).toBe(230)
})

type Parsed = Pick<IngestEvents, 'parsed'>

interface World extends AsyncDisposable {
  readonly store: Store
  readonly instanceNo: number
  /** Event ids that were handed to the ingestion. */
  readonly sentIds: readonly string[]
  append(what: {
    requests?: readonly ReturnType<typeof anOtlpRequest>[]
    marks?: readonly OtlpMark[]
  }): Promise<void>
  /** What an importer does for the task of a prompt of the session. */
  importEvent(promptId: string): Promise<void>
  settleAt(nowMs: number, other?: { store?: Store; ingest?: Parsed }): Promise<void>
  counted(name: string, labels: Record<string, string>): Promise<number>
}

/** A real store and the real path of events, with a clock that stands at the start of the test for what arrives. */
async function aWorld(): Promise<World> {
  const database = await ENGINES[0]!.createDatabase()
  const store = await database.open()
  const { instanceNo } = await createInstance(store, 0)
  const registry = new Registry()
  const counters = otlpCounters(registry)
  const commits: EventCommits = new GroupCommit((requests) => store.appendEvents(requests), {
    maxGroupEvents: 100,
    maxWaitingEvents: 1000,
  })
  const steps = intakeSteps(() => {
    throw new Error('every event brings its id')
  })
  const ingest = ingestEvents(steps, commits, () => NOW_MS)
  const sentIds: string[] = []
  const noting: Parsed = {
    parsed(sender, events) {
      sentIds.push(...events.map((event) => (event as { event_id: string }).event_id))
      return ingest.parsed(sender, events)
    },
  }
  let heardAtMs = NOW_MS
  return {
    store,
    instanceNo,
    sentIds,
    async append(what) {
      await store.appendOtlp([anOtlpBatch({ instanceNo, heardAtMs, ...what })])
    },
    async importEvent(promptId) {
      const event = {
        ...importedEvent,
        instance_id: instance(0),
        event_id: eventIdOf(promptId),
      }
      await ingest.parsed({ instanceNo, instanceId: instance(0) }, [event])
    },
    async settleAt(nowMs, other = {}) {
      heardAtMs = nowMs
      await settleTasks({
        store: other.store ?? store,
        ingest: other.ingest ?? noting,
        counters,
        costOf: (request) => request.cost_usd_micros ?? undefined,
        quietMs: QUIET_MS,
        nowMs: () => nowMs,
      })
    },
    async counted(name, labels) {
      const metric = (await registry.getMetricsAsJSON()).find((each) => each.name === name)
      const value = metric?.values.find((each) =>
        Object.entries(labels).every(([label, text]) => each.labels[label] === text),
      )
      return value?.value ?? Number.NaN
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

const takingNothing: Parsed = { parsed: async () => ({ kind: 'unavailable', cause: 'disk full' }) }

function eventIdOf(promptId: string): string {
  return taskEventId({ harness: 'claude_code', sessionId: 'session', promptId })
}

const importedEvent = {
  task_duration_ms: 1,
  task_type: 'implementation',
  complexity: 'medium',
  harness: 'claude_code',
  model: 'claude-sonnet-4-5',
  provider: 'anthropic',
  estimated_input_tokens: 0,
  estimated_output_tokens: 0,
  actual_input_tokens: 1,
  actual_output_tokens: 1,
  estimated_cost_usd_micros: 0,
  actual_cost_usd_micros: 1,
  quality_gate_passed: true,
  context_compactions: 0,
  context_rotations: 0,
  context_utilization_final: 0,
  outcome: 'success',
  retry_count: 0,
}
