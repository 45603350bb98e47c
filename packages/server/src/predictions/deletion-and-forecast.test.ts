import fc from 'fast-check'
import { expect, it } from 'vitest'

import { streamOfObservations } from '../backtest/backtest-source.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import { rowsOf } from '../testing/an-event.ts'
import { DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { propertyRuns } from '../testing/property-runs.ts'
import { aTempDir } from '../testing/temp-dir.ts'
import { ForecastLearner } from './forecast/forecast-learner.ts'

const INSTANCES = 6

it('a forecast that is learned again after a deletion is the one of a server that never had the instance', async () => {
  const report = fc.record({
    who: fc.nat(INSTANCES - 1),
    first: fc.nat(5000),
    tasks: fc.integer({ min: 1, max: 12 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(report, { minLength: 10, maxLength: 40 }), async (reports) => {
      const deleted = await learnedFrom(reports, { deletes: 0 })
      const never = await learnedFrom(reports.filter(({ who }) => who !== 0))

      expect(Buffer.compare(deleted.checkpoint, never.checkpoint)).toBe(0)
      expect(deleted.forecast).toEqual(never.forecast)
    }),
    { numRuns: propertyRuns(5) },
  )
})

interface Report {
  readonly who: number
  readonly first: number
  readonly tasks: number
}

/** What a forecast knows that learns everything which a store holds in the end. */
async function learnedFrom(reports: readonly Report[], { deletes }: { readonly deletes?: number } = {}) {
  using directory = aTempDir()
  const store = await openSqliteStore(`${directory.path}/telemetry.db`)
  const senders = await Promise.all(
    Array.from({ length: INSTANCES }, (_, who) =>
      store.createInstance({ instanceId: instance(who), name: null, createdAtMs: NOW_MS }),
    ),
  )
  for (const { who, first, tasks } of reports) {
    const numbers = Array.from({ length: tasks }, (_, n) => 1000 + first + n)
    await store.appendEvents([rowsOf(senders[who]!, numbers, {}, NOW_MS + Math.floor(first / 1000) * DAY_MS)])
  }
  if (deletes !== undefined) await store.deleteInstance(instance(deletes), NOW_MS)

  const learner = new ForecastLearner({ minInstances: 'auto', windowDays: 90 })
  for (const event of streamOfObservations(await store.observationsAfter(0, 100_000))) learner.learn(event)
  await store.close()
  return { checkpoint: learner.checkpoint(), forecast: learner.preview().fit }
}
