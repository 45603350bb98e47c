import { describe, expect, it } from 'vitest'

import type { StoredUnit } from '../predictions/units.ts'
import { rowsOf } from '../testing/an-event.ts'
import { instance } from '../testing/an-observation.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'

for (const engine of ENGINES) {
  describe(`${engine.name}: prediction units`, () => {
    it('loads nothing, at position 0, from a fresh database', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()

      const loaded = await store.loadUnits()

      expect(loaded).toMatchObject({ units: [], position: 0 })
    })

    it('loads what was saved, byte for byte, after a reopening', async () => {
      await using database = await engine.createDatabase()
      const before = await database.open()
      await createInstance(before, 0)
      const units = [aUnit({ model: 'a' }), aUnit({ model: 'b', samples: Uint8Array.of(0, 255, 1) })]
      await before.saveUnits(units, 7)
      await before.close()

      const loaded = await (await database.open()).loadUnits()

      expect(loaded.position).toBe(7)
      expect(plain(loaded.units)).toEqual(plain(units))
    })

    it('replaces a unit, removes one without samples and leaves the others alone', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      await createInstance(store, 0)
      await store.saveUnits(
        ['a', 'b', 'c'].map((model) => aUnit({ model })),
        1,
      )

      const replaced = aUnit({ model: 'b', samples: Uint8Array.of(9) })
      await store.saveUnits([aUnit({ model: 'a', samples: new Uint8Array() }), replaced], 2)

      const loaded = await store.loadUnits()
      expect(loaded.position).toBe(2)
      expect(plain(loaded.units)).toEqual(plain([replaced, aUnit({ model: 'c' })]))
    })

    it('tells units apart by each part of their key', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      await createInstance(store, 0)
      await createInstance(store, 1)
      const units = [
        aUnit({}),
        aUnit({ taskType: 'testing' }),
        aUnit({ model: 'other' }),
        aUnit({ provider: 'openai' }),
        aUnit({ complexity: 'high' }),
        aUnit({ instanceId: instance(1) }),
        aUnit({ day: 20_001 }),
      ]

      await store.saveUnits(units, 1)

      expect(plain((await store.loadUnits()).units)).toEqual(plain(units))
    })

    it('saves thousands of units together with their position', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      await createInstance(store, 0)
      const units = Array.from({ length: 3000 }, (_, number) => aUnit({ day: number }))

      await store.saveUnits(units, 9)

      const loaded = await store.loadUnits()
      expect([loaded.units.length, loaded.position]).toEqual([3000, 9])
    })

    it('saves neither units nor the position when one unit cannot be saved', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      await store.saveUnits([aUnit({ model: 'a' })], 1)

      const saving = store.saveUnits([aUnit({ model: 'b' }), aUnit({ instanceId: instance(99) })], 2)

      await expect(saving).rejects.toThrow()
      const loaded = await store.loadUnits()
      expect(loaded.position).toBe(1)
      expect(plain(loaded.units)).toEqual(plain([aUnit({ model: 'a' })]))
      // The dictionary has taken back the word of the unit that was not saved.
      await store.appendEvents([rowsOf(sender, [1], { model: 'b' })])
      expect(await store.observationsAfter(0, 1)).toMatchObject([{ model: 'b' }])
    })
  })
}

function aUnit(fields: Partial<StoredUnit>): StoredUnit {
  return {
    taskType: 'implementation',
    model: 'claude-sonnet-4-5',
    provider: 'anthropic',
    complexity: 'medium',
    instanceId: instance(0),
    day: 20_000,
    samples: Uint8Array.of(1, 2, 3),
    ...fields,
  }
}

/** Units in an order of their own, with bytes that compare across kinds of byte arrays. */
function plain(units: readonly StoredUnit[]): string[] {
  return units.map((unit) => JSON.stringify({ ...unit, samples: [...unit.samples] }, KEYS)).sort()
}

const KEYS = ['taskType', 'model', 'provider', 'complexity', 'instanceId', 'day', 'samples']
