import { describe, expect, it } from 'vitest'

import { anEvent, eventId, rowsOf } from '../testing/an-event.ts'
import { instance, NOW_MS } from '../testing/an-observation.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import { columnIndex } from './event-columns.ts'
import { toEventRows } from './event-rows.ts'
import type { AppendOutcome, Store } from './store.ts'

for (const engine of ENGINES) {
  describe(`${engine.name}: appendEvents`, () => {
    it('stores an event once that stands twice in a request', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)

      const outcome = await store.appendEvents([rowsOf(sender, [1, 2, 1])])

      expect(flags(outcome)).toEqual([[1, 1, 0]])
      expect(await store.countEvents()).toBe(2)
    })

    it('stores an event once that several requests of a group carry', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)

      const outcome = await store.appendEvents([rowsOf(sender, [1, 2]), rowsOf(sender, [2, 3])])

      expect(flags(outcome)).toEqual([
        [1, 1],
        [0, 1],
      ])
    })

    it('stores nothing of a group that was stored before, and keeps what came first', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      await store.appendEvents([rowsOf(sender, [1, 2])])

      const outcome = await store.appendEvents([rowsOf(sender, [1, 2], { actual_input_tokens: 77 })])

      expect(flags(outcome)).toEqual([[0, 0]])
      expect((await store.observationsAfter(0, 10)).map((each) => each.inputTokens)).toEqual([1, 2])
    })

    it('tells the same event id of two instances apart', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [one, other] = [await createInstance(store, 0), await createInstance(store, 1)]

      const outcome = await store.appendEvents([rowsOf(one, [1]), rowsOf(other, [1])])

      expect(flags(outcome)).toEqual([[1], [1]])
      expect((await store.observationsAfter(0, 10)).map((each) => each.instanceId)).toEqual([
        instance(0),
        instance(1),
      ])
    })

    it('stores none of a group when one of its rows cannot be stored', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      await store.appendEvents([rowsOf(sender, [1])])
      const whole = rowsOf(sender, [3])
      const broken = { ...whole, values: whole.values.with(columnIndex.task_duration_ms, Number.NaN) }

      const outcome = await store.appendEvents([rowsOf(sender, [2], { model: 'new' }), broken])
      const next = await store.appendEvents([rowsOf(sender, [4], { model: 'new' })])

      expect(outcome.kind).toBe('unavailable')
      expect(flags(next)).toEqual([[1]])
      expect((await store.observationsAfter(0, 10)).map((each) => [each.inputTokens, each.model])).toEqual([
        [1, 'claude-sonnet-4-5'],
        [4, 'new'],
      ])
    })

    it('answers the position of the newest event, also when nothing was new', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)

      const first = await store.appendEvents([rowsOf(sender, [1, 2])])
      const repeated = await store.appendEvents([rowsOf(sender, [1, 2])])

      const newest = (await store.observationsAfter(0, 10)).at(-1)?.position
      expect([first, repeated]).toMatchObject([{ position: newest }, { position: newest }])
    })

    it('gives positions that go on growing after a reopening', async () => {
      await using database = await engine.createDatabase()
      const before = await database.open()
      const sender = await createInstance(before, 0)
      await before.appendEvents([rowsOf(sender, [1, 2])])
      await before.close()

      const store = await database.open()
      await store.appendEvents([rowsOf(sender, [2, 3])])

      const positions = (await store.observationsAfter(0, 10)).map((each) => each.position)
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b))
      expect(positions).toHaveLength(3)
    })

    it('never gives a position again that a projection has read', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      await store.saveUnits([], 41)
      await store.close()

      const reopened = await database.open()
      await reopened.appendEvents([rowsOf(sender, [1])])

      expect(await reopened.observationsAfter(41, 10)).toHaveLength(1)
    })
  })

  describe(`${engine.name}: observationsAfter`, () => {
    it('reads what predictions keep of an event', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      const event = anEvent({ outcome: 'partial', quality_gates_run: ['security'], model: 'ä/β:1' })
      await store.appendEvents([toEventRows(sender, [{ ...event, event_id: eventId(1) }], NOW_MS)])

      const [observation] = await store.observationsAfter(0, 1)

      expect(observation).toEqual({
        position: expect.any(Number),
        instanceId: instance(0),
        receivedAtMs: NOW_MS,
        taskType: 'implementation',
        model: 'ä/β:1',
        provider: 'anthropic',
        complexity: 'medium',
        inputTokens: 1000,
        outputTokens: 100,
        costUsdMicros: 5000,
        durationMs: 60_000,
        estimatedInputTokens: 900,
        estimatedOutputTokens: 90,
        succeeded: false,
        gatesPassed: true,
        gatesListed: true,
      })
    })

    it('pages through everything in the order of storing, whatever the page size', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [one, other] = [await createInstance(store, 0), await createInstance(store, 1)]
      const expected = await fill(store, one, other)

      const read: number[] = []
      for (let position = 0; ;) {
        const page = await store.observationsAfter(position, 7)
        if (page.length === 0) break
        read.push(...page.map((each) => each.inputTokens))
        position = page.at(-1)!.position
      }

      expect(read).toEqual(expected)
    })
  })
}

/** Ten groups of two requests each. Returns the numbers in the order in which they were stored. */
async function fill(store: Store, ...senders: readonly Parameters<typeof rowsOf>[0][]): Promise<number[]> {
  const numbers: number[] = []
  for (let group = 0; group < 10; group++) {
    const requests = senders.map((sender, index) => {
      const first = 1 + (group * senders.length + index) * 3
      numbers.push(first, first + 1, first + 2)
      return rowsOf(sender, [first, first + 1, first + 2])
    })
    await store.appendEvents(requests)
  }
  return numbers
}

function flags(outcome: AppendOutcome): number[][] | string {
  return outcome.kind === 'stored' ? outcome.requests.map((each) => [...each]) : outcome.cause
}
