import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { instance, NOW_MS } from '../testing/an-observation.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import { type ArrivedEvent, slowSums } from '../testing/slow-sums.ts'
import { anyEvent, storeEvents } from '../testing/some-events.ts'
import { complexityCodes, harnessCodes, providerCodes, taskTypeCodes } from './enum-codes.ts'
import { rollupSums } from './rollup-columns.ts'
import type { RollupQuery, RollupRow } from './rollup-store.ts'
import type { Store } from './store.ts'

const DAY_MS = 86_400_000
const TODAY = Math.floor(NOW_MS / DAY_MS)
const ALL_DAYS = { fromDay: 0, toDay: TODAY + 1 }

for (const engine of ENGINES) {
  describe(`${engine.name}: rollups`, () => {
    it('add up what a slow look at every event adds up, by every dimension, over any days', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      const stored: ArrivedEvent[] = []

      await fc.assert(
        fc.asyncProperty(fc.array(anyEvent, { maxLength: 60 }), aQuery, async (events, query) => {
          stored.push(...(await storeEvents(store, sender, events, { firstNumber: stored.length + 1 })))
          await foldAll(store, 25)

          expect(await sumsOf(store, query)).toEqual(slowSums(stored, query))
        }),
        { numRuns: 12 },
      )
      expect(await compared(store)).toMatchObject({ differences: 0 })
    })

    it('read only the tasks that a filter names', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      await storeEvents(store, sender, [
        { harness: 'aider', complexity: 'low' },
        { harness: 'aider', complexity: 'high' },
        { harness: 'custom', complexity: 'low' },
      ])
      await foldAll(store)
      const tasks = async (only: RollupQuery['only']) =>
        (await store.sumRollups({ ...ALL_DAYS, by: [], sums: ['tasks'], only })).map((row) => row['tasks'])

      const harness = [harnessCodes.encode('aider')]
      const complexity = [complexityCodes.encode('low')]

      expect(await tasks({ harness })).toEqual([2])
      expect(await tasks({ complexity })).toEqual([2])
      expect(await tasks({ harness, complexity })).toEqual([1])
      expect(await tasks({ model: [] })).toEqual([])
    })

    it('count an event once, whoever folds, and tell how far they are', async () => {
      await using database = await engine.createDatabase()
      const [one, other] = [await database.open(), await database.open()]
      const sender = await createInstance(one, 0)
      await storeEvents(one, sender, [{}, {}, {}])

      const before = await one.rollupState()
      await Promise.all([foldAll(one, 1), foldAll(other, 1)])
      await foldAll(other)
      await storeEvents(one, sender, [{}], { receivedAtMs: NOW_MS + 5, firstNumber: 4 })

      expect(before).toMatchObject({ position: 0, newestReceivedAtMs: null, pendingEvents: 3 })
      expect(await other.rollupState()).toMatchObject({ newestReceivedAtMs: NOW_MS, pendingEvents: 1 })
      expect(await tasksOf(one)).toBe(3)
    })

    it('lose what a deleted instance sent, and nothing of the others', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [gone, kept] = [await createInstance(store, 0), await createInstance(store, 1)]
      await storeEvents(store, gone, [{ actual_cost_usd_micros: 7 }, { model: 'only-theirs' }])
      const rest = await storeEvents(store, kept, [{ actual_cost_usd_micros: 5 }, { outcome: 'failure' }])
      await foldAll(store)
      await storeEvents(store, gone, [{}], { firstNumber: 3 }) // not in the rollups when it goes

      await store.deleteInstance(gone.instanceId, NOW_MS)
      await foldAll(store)

      const query = { ...ALL_DAYS, by: ['model', 'day'] } as const
      expect(await sumsOf(store, query)).toEqual(slowSums(rest, query))
      expect(await compared(store)).toMatchObject({ differences: 0 })
      expect((await store.listRollupSources(TODAY)).map(({ instanceId }) => instanceId)).toEqual([
        instance(1),
      ])
    })

    it('lose what is pruned', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      await storeEvents(store, sender, [{ timestamp: '2026-11-09T00:00:00Z' }, { timestamp: null }], {
        receivedAtMs: NOW_MS - 10 * DAY_MS,
      })
      const rest = await storeEvents(store, sender, [{ outcome: 'partial' }], { firstNumber: 3 })
      await foldAll(store)

      await store.pruneSome({ target: 'events', beforeMs: NOW_MS - DAY_MS, from: undefined })

      const query = { ...ALL_DAYS, by: ['day'] } as const
      expect(await sumsOf(store, query)).toEqual(slowSums(rest, query))
      expect(await compared(store)).toMatchObject({ rows: 4, differences: 0 })
    })

    it('are the same when they are made anew', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      const stored = await storeEvents(store, sender, fc.sample(anyEvent, { numRuns: 50, seed: 1 }))
      await foldAll(store, 3)

      await store.clearRollups()
      const emptied = await tasksOf(store)
      await foldAll(store)

      expect(emptied).toBe(0)
      const query = { ...ALL_DAYS, by: ['week', 'task_type'] } as const
      expect(await sumsOf(store, query)).toEqual(slowSums(stored, query))
      expect(await compared(store)).toMatchObject({ differences: 0 })
    })

    it('tell who sent how much, by day of arrival, and who never sent anything', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [busy] = [await createInstance(store, 0), await createInstance(store, 1)]
      await storeEvents(store, busy, [{ harness: 'aider', timestamp: '2024-01-01T00:00:00Z' }])
      await storeEvents(store, busy, [{ harness: 'aider' }], {
        firstNumber: 2,
        receivedAtMs: NOW_MS - 6 * DAY_MS,
      })
      await storeEvents(store, busy, [{ harness: 'aider' }], {
        firstNumber: 3,
        receivedAtMs: NOW_MS - 40 * DAY_MS,
      })
      await foldAll(store)

      const sources = await store.listRollupSources(TODAY)

      expect([...sources].sort((a, b) => b.eventsTotal - a.eventsTotal)).toEqual([
        {
          instanceId: instance(0),
          name: 'instance 0',
          harness: harnessCodes.encode('aider'),
          lastDay: TODAY,
          eventsToday: 1,
          events7d: 2,
          events30d: 2,
          eventsTotal: 3,
        },
        {
          instanceId: instance(1),
          name: 'instance 1',
          harness: null,
          lastDay: null,
          eventsToday: 0,
          events7d: 0,
          events30d: 0,
          eventsTotal: 0,
        },
      ])
    })
  })
}

const DIMENSIONS = ['model', 'provider', 'harness', 'task_type', 'complexity'] as const

const aQuery = fc.record({
  by: fc
    .tuple(fc.constantFrom(['day'], ['week'], []), fc.subarray([...DIMENSIONS]))
    .map((parts) => parts.flat() as RollupQuery['by']),
  fromDay: fc.integer({ min: TODAY - 25, max: TODAY }),
  toDay: fc.integer({ min: TODAY - 15, max: TODAY + 1 }),
})

async function foldAll(store: Store, maxEvents = 1000): Promise<void> {
  while ((await store.foldRollups(maxEvents)).events > 0);
}

async function tasksOf(store: Store): Promise<number> {
  const [row] = await store.sumRollups({ ...ALL_DAYS, by: [], sums: ['tasks'], only: {} })
  return Number(row?.['tasks'] ?? 0)
}

/** What the store says in the form of `slowSums`, of the sums that it knows. */
async function sumsOf(store: Store, query: Pick<RollupQuery, 'fromDay' | 'toDay' | 'by'>) {
  const known = Object.keys(slowSums(ONE_EVENT, { ...ALL_DAYS, by: [] }).get('') ?? {})
  expect(Object.keys(rollupSums)).toEqual(expect.arrayContaining(known))
  const rows = await store.sumRollups({ ...query, sums: known, only: {} })
  return new Map(
    rows.map((row) => [
      query.by.map((each) => wordOf(row, each)).join('|'),
      Object.fromEntries(known.map((name) => [name, row[name]])),
    ]),
  )
}

const ONE_EVENT = [{ event: { timestamp: null } as never, receivedAtMs: NOW_MS }]
const codecs = {
  provider: providerCodes,
  harness: harnessCodes,
  task_type: taskTypeCodes,
  complexity: complexityCodes,
}

function wordOf(row: RollupRow, column: RollupQuery['by'][number]): number | string {
  if (column === 'model') return row['model_name']!
  const value = row[column]!
  return column === 'day' || column === 'week' ? value : codecs[column].decode(Number(value))
}

async function compared(store: Store) {
  const snapshot = await store.openSnapshot()
  try {
    return await snapshot.compareRollups()
  } finally {
    await snapshot.close()
  }
}
