import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../backtest/seeded-random.ts'
import { aCell, aForecastEvent, TODAY } from '../../testing/a-forecast-event.ts'
import { ForecastLearner } from './forecast-learner.ts'
import { ForecastReader } from './forecast-reader.ts'
import type { PublishedForecast } from './forecast-reader.ts'
import { decodePublishedForecast, encodePublishedForecast } from './published-forecast-codec.ts'

describe('a published forecast', () => {
  it('is after decoding what it was, and encodes to the same bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 300 }), fc.nat(), (count, seed) => {
        const published = aPublishedForecast(count, seed)
        const bytes = encodePublishedForecast(published)

        const decoded = decodePublishedForecast(bytes)

        expect(decoded).toEqual(published)
        expect(encodePublishedForecast(decoded!)).toEqual(bytes)
      }),
      { numRuns: 15 },
    )
  })

  it('answers the same', () => {
    const published = aPublishedForecast(300, 1)

    const decoded = decodePublishedForecast(encodePublishedForecast(published))!

    const answers = [published, decoded].map((each) => {
      const reader = new ForecastReader()
      reader.publish(each)
      return [aCell, { ...aCell, model: 'unheard-of' }].map((cell) => reader.forecast(cell))
    })
    expect(answers[1]).toEqual(answers[0])
    expect(answers[0]?.[0]?.cost_usd_micros?.p50).toBeGreaterThan(0)
  })

  it('names whom it trusts less than fully', () => {
    const { fit } = decodePublishedForecast(encodePublishedForecast(aPublishedForecast(300, 1)))!

    expect(fit.distrusted.get('i0')).toBe(0)
  })

  it('is refused when cut short anywhere, continued, or of another version', () => {
    const bytes = encodePublishedForecast(aPublishedForecast(60, 2))

    for (let length = 0; length < bytes.length; length += 37) {
      expect(decodePublishedForecast(bytes.subarray(0, length))).toBeUndefined()
    }
    expect(decodePublishedForecast(Uint8Array.of(...bytes, 0))).toBeUndefined()
    expect(decodePublishedForecast(Uint8Array.of(2, ...bytes.subarray(1)))).toBeUndefined()
  })
})

/** Of 40 instances, of which the first reports a thousand times too much. */
function aPublishedForecast(tasks: number, seed: number): PublishedForecast {
  const random = new SeededRandom(seed)
  const learner = new ForecastLearner({ minInstances: 'auto', windowDays: 90 })
  for (let task = 0; task < tasks; task++) {
    const who = task % 40
    const value = Math.exp(9 + random.normal()) * (who === 0 ? 1000 : 1)
    learner.learn(
      aForecastEvent({
        instanceId: `i${who}`,
        day: TODAY,
        cell: { model: random.uniform() < 0.5 ? aCell.model : 'local' },
        values: [value, value / 10, random.uniform() < 0.3 ? 0 : value, value / 2],
        succeeded: random.uniform() < 0.7,
      }),
    )
  }
  return learner.preview()
}
