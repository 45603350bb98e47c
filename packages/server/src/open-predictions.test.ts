import { join } from 'node:path'

import { pino } from 'pino'
import { expect, it } from 'vitest'

import { KeyRing } from './auth/key-ring.ts'
import { type GivenSettings, resolveConfig } from './config/resolve-config.ts'
import { openPredictions } from './open-predictions.ts'
import { openSqliteStore } from './storage/sqlite/sqlite-store.ts'
import { rowsOf } from './testing/an-event.ts'
import { aQuery, DAY_MS, instance, NOW_MS } from './testing/an-observation.ts'

import { aTempDir } from './testing/temp-dir.ts'

const HONEST = 24
const CHEAT = instance(HONEST)

it('leaves out an instance that the forecast sets aside, and saves that it does', async () => {
  using directory = aTempDir()
  await using first = await openIn(directory.path)
  await first.report(HONEST, 1000)

  first.learn()
  await expect.poll(first.predictions.setAside, { timeout: 20_000 }).toBe(1)

  const { prediction, metadata } = first.predict()
  expect(metadata).toMatchObject({ instances: HONEST, sample_size: HONEST * 10 })
  expect(prediction?.input_tokens.p90).toBeLessThan(2000)
  await first.doChore('save whom predictions trust')
  expect(await first.trusted()).toEqual([[CHEAT, 0]])
})

it('begins after a restart with the judgement that was saved, before anything is learned', async () => {
  using directory = aTempDir()
  await using first = await openIn(directory.path)
  await first.report(HONEST, 1)
  await first.store.saveTrust(new Map([[CHEAT, 0]]))

  await using second = await openIn(directory.path)

  expect(second.predictions.setAside()).toBe(1)
  expect(second.predict().metadata.sample_size).toBe(HONEST * 10)
})

it('lets a judgement go that the events no longer bear out', async () => {
  using directory = aTempDir()
  await using opened = await openIn(directory.path)
  await opened.report(HONEST, 1)
  await opened.store.saveTrust(new Map([[CHEAT, 0]]))
  await using again = await openIn(directory.path)

  again.learn()
  await expect.poll(again.predictions.setAside, { timeout: 20_000 }).toBe(0)

  expect(again.predict().metadata.sample_size).toBe((HONEST + 1) * 10)
})

it('sets nobody aside below twenty instances', async () => {
  using directory = aTempDir()
  await using opened = await openIn(directory.path)
  await opened.report(10, 1000)

  opened.learn()
  await expect.poll(() => opened.predict().forecast, { timeout: 20_000 }).toBeDefined()

  expect([opened.predictions.setAside(), opened.predict().metadata.sample_size]).toEqual([0, 110])
})

it('forgets an instance that another process deletes, also in the forecast', async () => {
  using directory = aTempDir()
  await using opened = await openIn(directory.path)
  await opened.report(10, 3)
  opened.learn()
  await expect.poll(() => opened.predict().forecast?.evidence.instances, { timeout: 20_000 }).toBe(11)

  await using other = await openIn(directory.path)
  await other.store.deleteInstance(instance(10), NOW_MS)
  await opened.doChore('forget deleted instances')

  expect(opened.predict().metadata).toMatchObject({ instances: 10, sample_size: 100 })
  await expect.poll(() => opened.predict().forecast?.evidence.instances, { timeout: 20_000 }).toBe(10)
})

it('answers the public with rounded values, from established instances only', async () => {
  using directory = aTempDir()
  await using opened = await openIn(directory.path, { predictionsPreset: 'public' })
  await opened.report(10, 1)
  await opened.doChore('read new instances')
  const atFirst = opened.predict()

  opened.clock.nowMs += 7 * DAY_MS
  await opened.report(10, 1, 20)
  const { prediction, metadata } = opened.predict()

  expect(atFirst.prediction).toBeNull()
  expect(metadata).toMatchObject({ instances: 11, newest_event_at: '2026-11-28T12:00:00.000Z' })
  expect(prediction?.input_tokens).toEqual({ p10: 1000, p25: 1010, median: 1020, p75: 1020, p90: 1030 })
})

/** Predictions on a store of their own, as a server opens them. */
async function openIn(directory: string, settings: GivenSettings = {}) {
  const file = join(directory, 'telemetry.db')
  const store = await openSqliteStore(file)
  const clock = { nowMs: NOW_MS }
  let first = 1000
  const predictions = await openPredictions({
    config: resolveConfig({ ...settings, dataDir: directory }, {}),
    store,
    keys: new KeyRing(store),
    logger: pino({ level: 'silent' }),
    nowMs: () => clock.nowMs,
  })
  const aNewInstance = async (who: number) => {
    const created = await store.createInstance({ instanceId: instance(who), name: null, createdAtMs: NOW_MS })
    if (created === undefined) throw new Error(`instance ${who} exists already`)
    return created
  }
  return {
    store,
    predictions,
    clock,
    predict: () => predictions.answering.predict(aQuery),
    learn: () => predictions.forecasting.start((error) => expect.unreachable(String(error))),
    trusted: async () => [...(await store.loadTrust())],
    async doChore(name: string) {
      await predictions.chores.find((chore) => chore.name === name)?.work()
    },
    /** Ten tasks, or as many as asked, from each of some instances, and from one more whose values are multiplied. */
    async report(honest: number, factor: number, tasks = 10) {
      const known = await store.listInstances()
      for (let who = 0; who <= honest; who++) {
        const sender = known[who] ?? (await aNewInstance(who))
        const own = who === honest ? factor : 1
        const numbers = Array.from({ length: tasks }, (_, n) => (first + n) * own)
        const requests = [rowsOf(sender, numbers, { actual_cost_usd_micros: 5000 * own }, clock.nowMs)]
        first += who === honest ? tasks : 0
        const outcome = await store.appendEvents(requests)
        if (outcome.kind !== 'stored') throw new Error(outcome.cause)
        predictions.projector.fold({ requests, appended: outcome.requests, position: outcome.position })
      }
    },
    async [Symbol.asyncDispose]() {
      await predictions.forecasting.end()
      await store.close()
    },
  }
}
