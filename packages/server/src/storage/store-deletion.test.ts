import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'

import type { StoredUnit } from '../predictions/units.ts'
import { rowsOf } from '../testing/an-event.ts'
import { instance, NOW_MS } from '../testing/an-observation.ts'
import { anOtlpBatch, anOtlpRequest } from '../testing/an-otlp-batch.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import { AppendedRow, type Instance, type Store } from './store.ts'

for (const engine of ENGINES) {
  describe(`${engine.name}: deleteInstance`, () => {
    it('deletes events, units, keys and trust of that instance, and nothing of the others', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [gone, kept] = [await createInstance(store, 0), await createInstance(store, 1)]
      for (const sender of [gone, kept]) {
        await store.appendEvents([rowsOf(sender, [1, 2, 3])])
        await store.createKey(aKey(sender))
      }
      await store.saveUnits([aUnit(gone), aUnit(kept)], 6)
      await store.saveTrust(new Map([gone, kept].map(({ instanceId }) => [instanceId, 0.5])))

      const deleted = await store.deleteInstance(gone.instanceId, NOW_MS)

      expect(deleted).toEqual({ events: 3 })
      expect(await store.listInstances()).toEqual([{ ...kept, trust: 0.5 }])
      expect((await store.observationsAfter(0, 10)).map(({ instanceId }) => instanceId)).toEqual(
        Array.from({ length: 3 }, () => kept.instanceId),
      )
      expect((await store.loadUnits()).units.map(({ instanceId }) => instanceId)).toEqual([kept.instanceId])
      expect((await store.keysChangedSince(0)).map(({ instanceId }) => instanceId)).toEqual([kept.instanceId])
      expect(await store.loadTrust()).toEqual(new Map([[kept.instanceId, 0.5]]))
    })

    it('answers nothing for an instance that is not there', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()

      expect(await store.deleteInstance(instance(0), NOW_MS)).toBeUndefined()
      expect(await store.deletionsAfter(0)).toEqual([])
    })

    it('tells every process which instance it was, by a hash of its id', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      for (const number of [0, 1]) await createInstance(store, number)
      await store.deleteInstance(instance(1), NOW_MS)
      await store.deleteInstance(instance(0), NOW_MS)

      const all = await (await database.open()).deletionsAfter(0)

      expect(all.map(({ instanceIdSha256 }) => Buffer.from(instanceIdSha256).toString('hex'))).toEqual(
        [1, 0].map((number) => createHash('sha256').update(instance(number)).digest('hex')),
      )
      expect(await store.deletionsAfter(all[0]!.deletionNo)).toEqual([all[1]])
    })

    it('gives neither the id nor the number of the instance again', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const gone = await createInstance(store, 0)
      await store.deleteInstance(gone.instanceId, NOW_MS)

      const same = await store.createInstance({ instanceId: instance(0), name: null, createdAtMs: NOW_MS })
      const other = await createInstance(store, 1)

      expect(same).toBeUndefined()
      expect(other.instanceNo).not.toBe(gone.instanceNo)
    })

    it('stores no event of an instance that was deleted while the request was on its way', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [gone, kept] = [await createInstance(store, 0), await createInstance(store, 1)]
      // By another process, as the command line does.
      await (await database.open()).deleteInstance(gone.instanceId, NOW_MS)

      const outcome = await store.appendEvents([rowsOf(gone, [1, 2]), rowsOf(kept, [1])])

      expect(outcome).toMatchObject({
        requests: [
          Uint8Array.of(AppendedRow.INSTANCE_DELETED, AppendedRow.INSTANCE_DELETED),
          Uint8Array.of(AppendedRow.STORED),
        ],
      })
      expect(await store.countEvents()).toBe(1)
    })

    it('keeps nothing that OpenTelemetry tells of a deleted instance', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const gone = await createInstance(store, 0)
      const batch = anOtlpBatch({ instanceNo: gone.instanceNo, requests: [anOtlpRequest({})] })
      await store.appendOtlp([batch])
      await store.deleteInstance(gone.instanceId, NOW_MS)

      const late = await store.appendOtlp([batch])

      expect(late).toEqual({
        kind: 'stored',
        requests: [{ newRequests: 0, newMarks: 0, newPoints: 0 }],
      })
      expect(await store.openOtlpSessions({ nowMs: NOW_MS, afterSessionNo: 0, limit: 10 })).toEqual([])
    })

    it('gives no position again that an event had, also after a restart', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [gone, kept] = [await createInstance(store, 0), await createInstance(store, 1)]
      await store.appendEvents([rowsOf(kept, [1]), rowsOf(gone, [1, 2, 3])])
      const [newest] = (await store.observationsAfter(0, 10)).slice(-1)
      await store.deleteInstance(gone.instanceId, NOW_MS)
      await store.close()

      const reopened = await database.open()
      await reopened.appendEvents([rowsOf(kept, [2])])

      expect(
        (await reopened.observationsAfter(newest!.position, 10)).map(({ inputTokens }) => inputTokens),
      ).toEqual([2])
    })

    it('lets every process see a key that is created after the newest one was deleted', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [gone, kept] = [await createInstance(store, 0), await createInstance(store, 1)]
      const deletedKey = await store.createKey(aKey(gone))
      await store.deleteInstance(gone.instanceId, NOW_MS)

      const key = await store.createKey(aKey(kept))

      expect(await store.keysChangedSince(deletedKey.changeNo)).toEqual([key])
    })

    it('passes over units of the deleted instance that are saved afterwards', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const [gone, kept] = [await createInstance(store, 0), await createInstance(store, 1)]
      await store.deleteInstance(gone.instanceId, NOW_MS)

      await store.saveUnits([aUnit(gone), aUnit(kept), { ...aUnit(gone), samples: new Uint8Array() }], 1)

      expect((await store.loadUnits()).units.map(({ instanceId }) => instanceId)).toEqual([kept.instanceId])
    })
  })

  describe(`${engine.name}: trust`, () => {
    it('is replaced as a whole, for instances that exist, and stands beside the instance', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      for (const number of [0, 1, 2]) await createInstance(store, number)
      await store.saveTrust(new Map([[instance(0), 0.7]]))

      await store.saveTrust(
        new Map([
          [instance(1), 0],
          [instance(99), 0],
        ]),
      )

      expect(await store.loadTrust()).toEqual(new Map([[instance(1), 0]]))
      expect((await store.listInstances()).map(({ trust }) => trust)).toEqual([1, 0, 1])
      expect((await store.findInstance(instance(1)))?.trust).toBe(0)
    })
  })

  describe(`${engine.name}: openSnapshot`, () => {
    it('reads one state, whatever is written meanwhile', async () => {
      await using database = await engine.createDatabase()
      const store = await database.open()
      const sender = await createInstance(store, 0)
      await store.appendEvents([rowsOf(sender, [1, 2])])
      await store.saveUnits([aUnit(sender)], 2)

      const snapshot = await store.openSnapshot()
      await store.appendEvents([rowsOf(sender, [3])])
      await store.saveUnits([{ ...aUnit(sender), model: 'later' }], 3)
      const seen = [await snapshot.loadUnits(), await snapshot.observationsAfter(0, 10)] as const
      await snapshot.close()

      expect(seen[0]).toMatchObject({ units: [{ model: 'claude-sonnet-4-5' }], position: 2 })
      expect(seen[1].map(({ inputTokens }) => inputTokens)).toEqual([1, 2])
      await expectStillWorks(store)
    })
  })

  it(`${engine.name}: replaceUnits puts units in the place of all there are, with the position, and drops the forecast`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const sender = await createInstance(store, 0)
    await store.saveUnits([aUnit(sender), { ...aUnit(sender), model: 'other' }], 7)

    await store.saveState('forecast_learner', { position: 7, deletionNo: 0, bytes: Uint8Array.of(1) })

    await store.replaceUnits([{ ...aUnit(sender), model: 'third' }], 5)

    expect(await store.loadUnits()).toMatchObject({ units: [{ model: 'third' }], position: 5 })
    expect(await store.loadState('forecast_learner')).toBeUndefined()
  })
}

async function expectStillWorks(store: Store): Promise<void> {
  expect((await store.loadUnits()).position).toBe(3)
  expect(await store.countEvents()).toBe(3)
}

function aKey({ instanceNo }: Instance) {
  return {
    keyId: `key of ${instanceNo}`,
    instanceNo,
    sha256: Uint8Array.from({ length: 32 }, () => instanceNo),
    prefix: 'abcdefgh',
    label: null,
    createdAtMs: NOW_MS,
    expiresAtMs: null,
  }
}

function aUnit({ instanceId }: Instance): StoredUnit {
  return {
    taskType: 'implementation',
    model: 'claude-sonnet-4-5',
    provider: 'anthropic',
    complexity: 'medium',
    instanceId,
    day: 20_000,
    samples: Uint8Array.of(1, 2, 3),
  }
}
