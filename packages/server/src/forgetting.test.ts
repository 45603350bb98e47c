import { expect, it } from 'vitest'

import { KeyRing } from './auth/key-ring.ts'
import { newApiKey } from './auth/secrets.ts'
import { Forgetting } from './forgetting.ts'
import { Units } from './predictions/units.ts'
import { openSqliteStore } from './storage/sqlite/sqlite-store.ts'
import { anObservation, DAY_MS, instance, NOW_MS } from './testing/an-observation.ts'
import { aTempDir } from './testing/temp-dir.ts'

it('forgets keys and units of whom another process deletes, and nobody else', async () => {
  using directory = aTempDir()
  const { store, keys, units, forgetting, calls, keyOf } = await aServerIn(directory.path)

  await store.deleteInstance(instance(1), NOW_MS)
  await forgetting.catchUp()

  expect([0, 1].map((who) => keys.authenticate(keyOf(who), NOW_MS)?.instanceId)).toEqual([
    instance(0),
    undefined,
  ])
  expect([...units.instanceIds()]).toEqual([instance(0)])
  expect(calls).toEqual(['summaries', 'relearn'])
  await store.close()
})

it('does nothing when nobody was deleted since', async () => {
  using directory = aTempDir()
  const { store, forgetting, calls } = await aServerIn(directory.path)
  await store.deleteInstance(instance(1), NOW_MS)
  await forgetting.catchUp()

  await forgetting.catchUp()

  expect(calls).toEqual(['summaries', 'relearn'])
  await store.close()
})

it('folds no event of a deleted instance that comes in late', async () => {
  using directory = aTempDir()
  const { store, units, forgetting } = await aServerIn(directory.path)
  await store.deleteInstance(instance(1), NOW_MS)
  await forgetting.catchUp()

  units.fold(anObservation({ instanceId: instance(1) }))

  expect([...units.instanceIds()]).toEqual([instance(0)])
  expect(units.notKept.instance_deleted).toBe(1)
  await store.close()
})

it('learns again once where two turns meet', async () => {
  using directory = aTempDir()
  const { store, forgetting, calls } = await aServerIn(directory.path)
  await store.deleteInstance(instance(1), NOW_MS)

  await Promise.all([forgetting.catchUp(), forgetting.catchUp()])

  expect(calls).toEqual(['summaries', 'relearn'])
  await store.close()
})

/** Two instances with a key and an event each, and one that was deleted before. */
async function aServerIn(directory: string) {
  const store = await openSqliteStore(`${directory}/telemetry.db`)
  const [keys, units] = [new KeyRing(store), new Units({ windowMs: 90 * DAY_MS })]
  const apiKeys: string[] = []
  for (const who of [0, 1, 2]) {
    const created = await store.createInstance({ instanceId: instance(who), name: null, createdAtMs: NOW_MS })
    const { apiKey, sha256, prefix } = newApiKey()
    apiKeys.push(apiKey)
    const key = { keyId: `key ${who}`, sha256, prefix, label: null, createdAtMs: NOW_MS, expiresAtMs: null }
    await store.createKey({ ...key, instanceNo: created!.instanceNo })
  }
  await store.deleteInstance(instance(2), NOW_MS)
  const calls: string[] = []
  const forgetting = new Forgetting({
    store,
    keys,
    units,
    predictor: { forgetSummaries: () => calls.push('summaries') },
    relearn: () => calls.push('relearn'),
    onRoomLeft: () => calls.push('room'),
  })
  await forgetting.start()
  await keys.refresh()
  for (const who of [0, 1]) units.fold(anObservation({ instanceId: instance(who) }))
  return { store, keys, units, forgetting, calls, keyOf: (who: number) => apiKeys[who]! }
}
