import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'
import { expect, it } from 'vitest'

import type { Slices } from '../lifecycle/in-slices.ts'
import type { Store } from '../storage/store.ts'
import { rowsOf } from '../testing/an-event.ts'
import { aQuery, DAY_MS, NOW_MS } from '../testing/an-observation.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import { Predictor } from './predictor.ts'
import { Projector } from './projector.ts'
import { verifyUnits } from './rebuild.ts'
import { type StoredUnit, Units } from './units.ts'

const WINDOW_MS = 90 * DAY_MS

for (const engine of ENGINES) {
  it(`${engine.name}: has folded a group when its requests are answered`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const { units, append } = await aProjection(store)

    await append([1, 2, 3, 4, 5])

    expect(sampleSize(units)).toBe(5)
  })

  it(`${engine.name}: folds an event once that is sent again`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const { units, append } = await aProjection(store)

    await append([1, 2, 3], [3, 4, 4])
    await append([1, 5])

    expect(sampleSize(units)).toBe(5)
  })

  it(`${engine.name}: 14: counts an id once for each instance, however often it is sent`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const [a, b] = [await createInstance(store, 0), await createInstance(store, 1)]
    await store.appendEvents([rowsOf(a, [1]), rowsOf(a, [1]), rowsOf(b, [1])])

    const { units } = await aProjection(store)

    expect(sampleSize(units)).toBe(2)
  })

  it(`${engine.name}: equals a rebuild byte for byte after a checkpoint and a reopening`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const { projector, append } = await aProjection(store)
    await append(numbers(1, 40))
    await projector.checkpoint(NOW_MS)
    await append(numbers(20, 60), numbers(50, 90))
    await projector.checkpoint(NOW_MS)
    await store.close()

    const reopened = await database.open()

    expect(await savedUnits(reopened)).toEqual(await rebuiltUnits(reopened))
    expect(sampleSize((await aProjection(reopened)).units)).toBe(90)
  })

  it(`${engine.name}: reads after a crash what was stored since the last checkpoint`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const { projector, append } = await aProjection(store)
    await append(numbers(1, 10))
    await projector.checkpoint(NOW_MS)
    await append(numbers(11, 25))

    const after = await aProjection(await database.open())

    expect(sampleSize(after.units)).toBe(25)
    await after.projector.checkpoint(NOW_MS)
    expect(await savedUnits(store)).toEqual(await rebuiltUnits(store))
  })

  it(`${engine.name}: reads what was committed and never folded`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const sender = await createInstance(store, 0)
    await store.appendEvents([rowsOf(sender, numbers(1, 7))])

    const { units, projector } = await aProjection(store)

    expect(sampleSize(units)).toBe(7)
    expect(projector.unsavedEvents).toBe(7)
  })

  it(`${engine.name}: reads more events than fit into one page`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const sender = await createInstance(store, 0)
    await store.appendEvents([rowsOf(sender, numbers(1, 10_003))])

    const { units } = await aProjection(store)

    expect(sampleSize(units)).toBe(10_003)
  })

  it(`${engine.name}: saves again what a failed checkpoint did not, and loses nothing`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const disk = failing(store)
    const { projector, append } = await aProjection(disk.store)
    await append(numbers(1, 10))

    disk.failures = 1
    await expect(projector.checkpoint(NOW_MS)).rejects.toThrow('no space')
    const unsavedAfterFailure = projector.unsavedEvents
    await append(numbers(8, 15))
    await projector.checkpoint(NOW_MS)

    expect(unsavedAfterFailure).toBe(10)
    expect(projector.unsavedEvents).toBe(0)
    expect(await savedUnits(store)).toEqual(await rebuiltUnits(store))
  })

  it(`${engine.name}: never saves a position ahead of the units that reach it`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const disk = failing(store)
    const { projector, append } = await aProjection(disk.store)
    await append(numbers(1, 10))

    disk.failures = 2
    await Promise.allSettled([
      projector.checkpoint(NOW_MS),
      projector.checkpoint(NOW_MS),
      projector.checkpoint(NOW_MS),
    ])

    // Here the process dies: what was saved and what comes after its position must make up everything.
    expect(sampleSize((await aProjection(store)).units)).toBe(10)
  })

  it(`${engine.name}: tries a checkpoint although the one before it fails`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const disk = failing(store)
    const { projector, append } = await aProjection(disk.store)
    await append(numbers(1, 10))

    disk.failures = 1
    const [first, second] = await Promise.allSettled([
      projector.checkpoint(NOW_MS),
      projector.checkpoint(NOW_MS),
    ])

    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
    expect(projector.unsavedEvents).toBe(0)
  })

  it(`${engine.name}: saves the units of one position, although events are folded between two slices`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const { projector, append, appendOf } = await aProjection(store, async (work) => {
      for (let events = 50; !work(afterOneLook()); events += 10) {
        await append(numbers(events, events + 8))
        await appendOf({ complexity: 'high' }, [events + 9])
      }
    })
    for (const [index, complexity] of (['low', 'medium', 'high', 'critical'] as const).entries())
      await appendOf({ complexity }, [index])

    await projector.checkpoint(NOW_MS)
    const verified = await verifyUnits(store, { windowMs: WINDOW_MS, nowMs: NOW_MS })
    const unsaved = projector.unsavedEvents

    expect(verified).toMatchObject({ position: 4, units: 4, differences: [] })
    expect(unsaved).toBeGreaterThan(20)
    expect(sampleSize((await aProjection(store)).units)).toBe(1 + (unsaved * 9) / 10)
  })

  it(`${engine.name}: writes nothing when nothing has changed`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const disk = failing(store)
    const { projector, append } = await aProjection(disk.store)
    await append([1])
    await projector.checkpoint(NOW_MS)

    await projector.checkpoint(NOW_MS)

    expect(disk.saves).toBe(1)
  })

  it(`${engine.name}: removes units that have left the window, and their rows`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const { projector, units, append } = await aProjection(store)
    await append([1, 2])
    await projector.checkpoint(NOW_MS)

    await projector.checkpoint(NOW_MS + WINDOW_MS)

    expect(sampleSize(units, NOW_MS + WINDOW_MS)).toBe(0)
    expect((await store.loadUnits()).units).toEqual([])
  })
}

it('asks for a rest of two hundred times what saving took, and of a minute at most', async () => {
  let nowMs = 0
  let saveMs = 100
  const store = {
    loadUnits: async () => ({ units: [], position: 0 }),
    observationsAfter: async () => [],
    saveUnits: async () => void (nowMs += saveMs),
  }
  const projector = new Projector(store, new Units({ windowMs: WINDOW_MS }), undefined, () => nowMs)
  const fold = (position: number) => projector.fold({ requests: [], appended: [], position })
  await projector.start(NOW_MS)
  const before = projector.restMs

  fold(1)
  await projector.checkpoint(NOW_MS)
  const afterShort = projector.restMs
  saveMs = 1000
  fold(2)
  await projector.checkpoint(NOW_MS)
  const afterLong = projector.restMs

  expect([before, afterShort, afterLong]).toEqual([0, 20_000, 60_000])
})

async function aProjection(store: Store, slices?: Slices) {
  const units = new Units({ windowMs: WINDOW_MS })
  const projector = new Projector(store, units, slices)
  await projector.start(NOW_MS)
  const [known] = await store.listInstances()
  const sender = known ?? (await createInstance(store, 0))
  const appendOf = async (
    fields: Partial<TaskCompletionEvent>,
    ...requests: readonly (readonly number[])[]
  ): Promise<void> => {
    const rows = requests.map((each) => rowsOf(sender, each, fields))
    const outcome = await store.appendEvents(rows)
    if (outcome.kind !== 'stored') throw new Error(outcome.cause)
    projector.fold({ requests: rows, appended: outcome.requests, position: outcome.position })
  }
  return {
    units,
    projector,
    /** Stores requests, one a list of numbers, and folds them, as the server does. */
    append: (...requests: readonly (readonly number[])[]) => appendOf({}, ...requests),
    appendOf,
  }
}

/** Lets one thing be done in a slice. */
function afterOneLook(): () => boolean {
  let looks = 0
  return () => looks++ > 0
}

/** A store that fails to save units as often as it is told to. */
function failing(store: Store) {
  const disk = {
    failures: 0,
    saves: 0,
    store: {
      ...store,
      async saveUnits(...given: Parameters<Store['saveUnits']>) {
        disk.saves++
        if (disk.failures-- > 0) throw new Error('no space')
        await store.saveUnits(...given)
      },
    },
  }
  return disk
}

function sampleSize(units: Units, nowMs = NOW_MS): number {
  return new Predictor(units, { minInstances: 1 }, () => nowMs).predict(aQuery).metadata.sample_size
}

type UnitBytes = Readonly<Record<string, string>>

async function savedUnits(store: Store): Promise<UnitBytes> {
  return inBase64((await store.loadUnits()).units)
}

/** The units as they come out of the raw events alone. */
async function rebuiltUnits(store: Store): Promise<UnitBytes> {
  const units = new Units({ windowMs: WINDOW_MS })
  units.expire(NOW_MS)
  for (const observation of await store.observationsAfter(0, 1_000_000)) units.fold(observation)
  return inBase64(units.takeDirty())
}

function inBase64(units: readonly StoredUnit[]): UnitBytes {
  return Object.fromEntries(
    units.map(({ samples, ...key }) => [
      JSON.stringify([key.taskType, key.model, key.provider, key.complexity, key.instanceId, key.day]),
      Buffer.from(samples).toString('base64'),
    ]),
  )
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
