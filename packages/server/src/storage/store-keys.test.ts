import { describe, expect, it } from 'vitest'

import { sha256 } from '../auth/secrets.ts'
import { instance, NOW_MS } from '../testing/an-observation.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import type { Instance, NewApiKey } from './store.ts'

for (const engine of ENGINES) {
  describe(`${engine.name}: instances`, () => {
    it('finds and lists an instance as it was created', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()

      const one = await createInstance(store, 0)
      const unnamed = await store.createInstance({ instanceId: instance(1), name: null, createdAtMs: 1 })

      expect(one).toMatchObject({ instanceId: instance(0), name: 'instance 0', createdAtMs: NOW_MS })
      expect(await store.findInstance(instance(0))).toEqual(one)
      expect(await store.listInstances()).toEqual([one, unnamed])
    })

    it('creates no second instance of the same id', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const first = await createInstance(store, 0)

      const second = await store.createInstance({ instanceId: instance(0), name: 'other', createdAtMs: 1 })

      expect(second).toBeUndefined()
      expect(await store.listInstances()).toEqual([first])
    })

    it('finds nothing under an unknown id', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()

      expect(await store.findInstance(instance(0))).toBeUndefined()
      expect(await store.listKeys(instance(0))).toEqual([])
    })
  })

  describe(`${engine.name}: keys`, () => {
    it('lists the keys of one instance, with all that was given', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [one, other] = [await createInstance(store, 0), await createInstance(store, 1)]

      const plain = await store.createKey(aKey(one, 'a'))
      await store.createKey(aKey(other, 'b'))
      const full = await store.createKey({ ...aKey(one, 'c'), label: 'laptop', expiresAtMs: NOW_MS + 1 })

      const listed = await store.listKeys(instance(0))
      expect(listed).toEqual([plain, full])
      expect(listed[1]).toMatchObject({
        keyId: 'c',
        instanceId: instance(0),
        label: 'laptop',
        expiresAtMs: NOW_MS + 1,
        lastUsedAtMs: null,
        revokedAtMs: null,
      })
      expect(Buffer.from(listed[1]!.sha256)).toEqual(sha256('c'))
    })

    it('gives every change a greater number, so that others see just what is new to them', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      const a = await store.createKey(aKey(sender, 'a'))
      const b = await store.createKey(aKey(sender, 'b'))

      const revoked = await store.revokeKey('a', 5)

      expect([a.changeNo < b.changeNo, b.changeNo < revoked!.changeNo]).toEqual([true, true])
      expect((await store.keysChangedSince(0)).map((key) => key.keyId)).toEqual(['b', 'a'])
      expect(await store.keysChangedSince(b.changeNo)).toEqual([revoked])
      expect(await store.keysChangedSince(revoked!.changeNo)).toEqual([])
    })

    it('shows a change made through another store', async () => {
      await using database = await engine.createDatabase()
      const [one, other] = [await database.open(), await database.open()]
      await one.createKey(aKey(await createInstance(one, 0), 'a'))

      await other.revokeKey('a', 5)

      expect(await one.keysChangedSince(0)).toMatchObject([{ keyId: 'a', revokedAtMs: 5 }])
    })

    it('keeps the time of the first revocation and makes no change of the second', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      await store.createKey(aKey(await createInstance(store, 0), 'a'))
      const first = await store.revokeKey('a', 5)

      const second = await store.revokeKey('a', 6)

      expect(first).toMatchObject({ revokedAtMs: 5 })
      expect(second).toEqual(first)
    })

    it('revokes nothing under an unknown id', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()

      expect(await store.revokeKey('a', 5)).toBeUndefined()
    })

    it('notes when keys were used without calling it a change', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      await store.createKey(aKey(sender, 'a'))
      const b = await store.createKey(aKey(sender, 'b'))

      await store.touchKeys(new Map([['a', NOW_MS]]))

      expect((await store.listKeys(instance(0))).map((key) => key.lastUsedAtMs)).toEqual([NOW_MS, null])
      expect(await store.keysChangedSince(b.changeNo)).toEqual([])
    })
  })

  describe(`${engine.name}: status`, () => {
    it('names the engine and a size that grows with what is stored', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const before = await store.status()

      for (let number = 0; number < 20; number++) await createInstance(store, number)

      const after = await store.status()
      expect(after.engine).toBe(engine.name)
      expect(after.sizeBytes).toBeGreaterThan(before.sizeBytes)
    })
  })
}

function aKey(owner: Instance, keyId: string): NewApiKey {
  return {
    keyId,
    instanceNo: owner.instanceNo,
    sha256: sha256(keyId),
    prefix: keyId,
    label: null,
    createdAtMs: NOW_MS,
    expiresAtMs: null,
  }
}
