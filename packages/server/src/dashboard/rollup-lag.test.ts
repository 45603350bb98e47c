import { Registry } from 'prom-client'
import { expect, it } from 'vitest'

import { createInstance, ENGINES } from '../testing/engines.ts'
import { storeEvents } from '../testing/some-events.ts'
import { gaugeRollupLag } from './rollup-lag.ts'

for (const engine of ENGINES) {
  it(`${engine.name}: tells how many events the numbers do not hold yet`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    const registry = new Registry()
    gaugeRollupLag(registry, store)
    await storeEvents(store, await createInstance(store, 0), [{}, {}, {}])

    const before = await pendingEvents(registry)
    await store.foldRollups(2)

    expect([before, await pendingEvents(registry)]).toEqual([3, 1])
  })
}

it('says that nothing is known while the store does not answer', async () => {
  const registry = new Registry()
  gaugeRollupLag(registry, { rollupState: () => Promise.reject(new Error('the thread has ended')) })

  expect(await pendingEvents(registry)).toBeNaN()
})

async function pendingEvents(registry: Registry): Promise<number | undefined> {
  const metric = await registry.getSingleMetric('mosaic_dashboard_events_pending')?.get()
  return metric?.values[0]?.value
}
