import { describe, expect, it } from 'vitest'

import { instance, NOW_MS } from '../testing/an-observation.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'

const NAME = 'forecast_learner'

for (const engine of ENGINES) {
  describe(`${engine.name}: saved states`, () => {
    it('are none in a fresh database', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()

      expect(await store.loadState(NAME)).toBeUndefined()
    })

    it('are what was saved last under their name, after a reopening too', async () => {
      await using database = await engine.createDatabase()
      const before = await database.open()
      await before.saveState(NAME, { position: 1, deletionNo: 0, bytes: Uint8Array.of(1) })
      await before.saveState(NAME, { position: 7, deletionNo: 0, bytes: Uint8Array.of(0, 255, 2) })
      await before.saveState('forecast_published', { position: 3, deletionNo: 0, bytes: Uint8Array.of(9) })
      await before.close()

      const { revision, position, bytes } = (await (await database.open()).loadState(NAME))!

      expect([revision, position, ...bytes]).toEqual([2, 7, 0, 255, 2])
    })

    it('are given only to those who do not have that revision yet', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      await store.saveState(NAME, { position: 1, deletionNo: 0, bytes: Uint8Array.of(1) })

      const found = await Promise.all([0, 1].map((revision) => store.loadState(NAME, revision)))

      expect(found.map((state) => state?.revision)).toEqual([1, undefined])
    })

    it('hold a megabyte', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const bytes = Uint8Array.from({ length: 2 ** 20 }, (_, index) => index % 251)

      await store.saveState(NAME, { position: 1, deletionNo: 0, bytes })

      expect(Buffer.compare((await store.loadState(NAME))!.bytes, bytes)).toBe(0)
    })

    it('are neither read nor saved once somebody was deleted whom they may know', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      await createInstance(store, 0)
      await store.saveState(NAME, { position: 1, deletionNo: 0, bytes: Uint8Array.of(1) })

      await store.deleteInstance(instance(0), NOW_MS)
      const afterDeletion = await store.loadState(NAME)
      await store.saveState(NAME, { position: 2, deletionNo: 0, bytes: Uint8Array.of(2) })
      const savedLate = await store.loadState(NAME)
      const deletionNo = (await store.deletionsAfter(0)).at(-1)!.deletionNo
      await store.saveState(NAME, { position: 3, deletionNo, bytes: Uint8Array.of(3) })

      expect([afterDeletion, savedLate]).toEqual([undefined, undefined])
      expect((await store.loadState(NAME))?.position).toBe(3)
    })
  })
}
