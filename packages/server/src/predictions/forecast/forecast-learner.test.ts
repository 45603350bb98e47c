import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../backtest/seeded-random.ts'
import { aForecastEvent, TODAY } from '../../testing/a-forecast-event.ts'
import type { ForecastEvent } from './forecast-event.ts'
import { ForecastLearner } from './forecast-learner.ts'
import { encodePublishedForecast } from './published-forecast-codec.ts'

const OPTIONS = { minInstances: 'auto', windowDays: 3 } as const

describe('ForecastLearner', () => {
  it('knows the same, byte for byte, however often it was restarted on the way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 250 }),
        fc.nat(),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
        (count, seed, restarts) => {
          const events = someEvents(count, seed)
          const restartsAt = new Set(restarts.map((share) => Math.floor(share * count)))

          const restarted = learnedFrom(events, restartsAt)

          expect(restarted.checkpoint()).toEqual(learnedFrom(events).checkpoint())
        },
      ),
      { numRuns: 25 },
    )
  })

  it('answers at once after a restart with the forecast that stood', () => {
    const learner = learnedFrom(someEvents(105, 1))

    const restarted = restartOf(learner)

    expect(encoded(restarted)).toEqual(encoded(learner))
    expect(restarted.isBehind).toBe(true)
  })

  it('is not changed by being asked for a preview', () => {
    const events = someEvents(200, 2)
    const asked = new ForecastLearner(OPTIONS, 2)
    for (const [index, event] of events.entries()) {
      asked.learn(event)
      if (index % 7 === 0) asked.preview()
    }

    expect(asked.checkpoint()).toEqual(learnedFrom(events).checkpoint())
  })

  it('knows in a preview what it has learned since the last fit', () => {
    const learner = learnedFrom(someEvents(105, 3))

    const { fit } = learner.preview()

    expect(fit.layout.groups[0]?.size).toBeGreaterThan(0)
    expect(encodePublishedForecast(learner.preview())).not.toEqual(encoded(learner))
  })

  it('refuses a checkpoint that is damaged, or was learned under other settings', () => {
    const saved = learnedFrom(someEvents(50, 4)).checkpoint()
    const damaged = saved.slice()
    damaged[damaged.length >> 1]! ^= 1

    for (const bytes of [new Uint8Array(), saved.subarray(0, -1), damaged]) {
      expect(new ForecastLearner(OPTIONS, 2).restore(bytes)).toBe(false)
    }
    expect(new ForecastLearner({ ...OPTIONS, windowDays: 90 }, 2).restore(saved)).toBe(false)
    expect(new ForecastLearner(OPTIONS, 4).restore(saved)).toBe(false)
    expect(new ForecastLearner(OPTIONS, 2).restore(saved)).toBe(true)
  })
})

function learnedFrom(events: readonly ForecastEvent[], restartsAt = new Set<number>()): ForecastLearner {
  let learner = new ForecastLearner(OPTIONS, 2)
  for (const [index, event] of events.entries()) {
    if (restartsAt.has(index)) learner = restartOf(learner)
    learner.learn(event)
  }
  return learner
}

function restartOf(learner: ForecastLearner): ForecastLearner {
  const restarted = new ForecastLearner(OPTIONS, 2)
  expect(restarted.restore(learner.checkpoint())).toBe(true)
  return restarted
}

function encoded({ forecaster }: ForecastLearner): Uint8Array {
  return encodePublishedForecast(forecaster.published!)
}

/** Tasks of 30 instances, one of them far off, over more days than the window has, models coming and going. */
function someEvents(count: number, seed: number): ForecastEvent[] {
  const random = new SeededRandom(seed)
  return Array.from({ length: count }, (_, index) => {
    const who = random.below(30)
    const value = Math.exp(9 + random.normal()) * (who === 0 ? 1000 : 1)
    return aForecastEvent({
      instanceId: `i${who}`,
      day: TODAY + Math.floor((6 * index) / count) - random.below(2),
      cell: { model: `m${Math.floor((3 * index) / count) + random.below(2)}` },
      values: [value, random.uniform() < 0.3 ? 0 : value / 10],
      succeeded: random.uniform() < 0.7,
    })
  })
}
