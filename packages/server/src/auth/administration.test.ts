import { expect, it } from 'vitest'

import { instance, NOW_MS } from '../testing/an-observation.ts'
import { ENGINES } from '../testing/engines.ts'
import { administration } from './administration.ts'
import { KeyRing } from './key-ring.ts'

it('keeps an instance id in lower case, however it is written', async () => {
  await using database = await ENGINES[0]!.createDatabase()
  const store = await database.open()
  const admin = administration(store, () => NOW_MS)
  const id = 'ABCDEF00-0000-4000-8000-000000000000'

  const created = await admin.createInstance({ name: null, instanceId: id })
  const key = await admin.createKey(id, { label: null, expiresAtMs: null })

  expect(created?.instanceId).toBe(id.toLowerCase())
  expect(key?.key.instanceId).toBe(id.toLowerCase())
  expect(await admin.listKeys(id)).toEqual([key?.key])
})

it('makes different keys', async () => {
  await using database = await ENGINES[0]!.createDatabase()
  const admin = administration(await database.open(), () => NOW_MS)
  await admin.createInstance({ name: null, instanceId: instance(0) })

  const first = await admin.createKey(instance(0), { label: null, expiresAtMs: null })
  const second = await admin.createKey(instance(0), { label: null, expiresAtMs: null })

  expect(first?.apiKey).toMatch(/^[0-9a-f]{64}$/)
  expect(second?.apiKey).not.toBe(first?.apiKey)
})

it('saves when keys were last used, and again what a failed save did not', async () => {
  await using database = await ENGINES[0]!.createDatabase()
  const store = await database.open()
  const admin = administration(store, () => NOW_MS)
  await admin.createInstance({ name: null, instanceId: instance(0) })
  const created = await admin.createKey(instance(0), { label: null, expiresAtMs: null })
  let failures = 1
  const ring = new KeyRing({
    ...store,
    async touchKeys(times) {
      if (failures-- > 0) throw new Error('no space')
      await store.touchKeys(times)
    },
  })
  await ring.refresh()
  ring.authenticate(created!.apiKey, NOW_MS + 7)

  await expect(ring.saveUsage()).rejects.toThrow('no space')
  await ring.saveUsage()

  expect(await admin.listKeys(instance(0))).toMatchObject([{ lastUsedAtMs: NOW_MS + 7 }])
})
