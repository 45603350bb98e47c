import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../backtest/seeded-random.ts'
import { aCell, aFitOf, aForecastEvent, readerOf } from '../../testing/a-forecast-event.ts'
import type { ForecastReader } from './forecast-reader.ts'
import { Forecaster } from './forecaster.ts'

describe('the forecast block', () => {
  it('has ascending percentiles and a mean above the median for every metric', () => {
    const forecast = readerOfTasks().forecast(aCell)!

    for (const name of ['input_tokens', 'output_tokens', 'cost_usd_micros', 'duration_ms'] as const) {
      const { mean, ...percentiles } = forecast[name]!
      const values = Object.values(percentiles)
      expect(values).toEqual(values.toSorted((a, b) => a - b))
      expect(mean).toBeGreaterThan(percentiles.p50)
    }
  })

  it('says how likely budgets are to be exceeded', () => {
    const reader = readerOfTasks()
    const { p50, p90 } = reader.forecast(aCell)!.cost_usd_micros!

    const { exceeds } = reader.forecast(aCell, [
      { metric: 'cost_usd_micros', budget: p50 },
      { metric: 'cost_usd_micros', budget: p90 },
      { metric: 'cost_usd_micros', budget: 0 },
    ])!

    expect(exceeds.map(({ probability }) => probability)).toEqual([
      expect.closeTo(0.5, 2),
      expect.closeTo(0.1, 2),
      1,
    ])
  })

  it('divides the expected cost by the chance of success', () => {
    const {
      cost_usd_micros: cost,
      success_probability: success,
      cost_per_success_usd_micros: each,
    } = readerOfTasks().forecast(aCell)!

    expect(success!.p5).toBeLessThan(success!.value)
    expect(success!.p95).toBeGreaterThan(success!.value)
    expect(each! / (cost!.mean / success!.value)).toBeCloseTo(1, 3)
  })

  it('leaves the cost out for a model that costs nothing', () => {
    const forecast = readerOfTasks().forecast({ ...aCell, model: 'local' })!

    expect(forecast.cost_usd_micros).toBeUndefined()
    expect(forecast.cost_per_success_usd_micros).toBeUndefined()
    expect(forecast.input_tokens).toBeDefined()
  })

  it('is wider for a model that nobody has used', () => {
    const reader = readerOfTasks()
    const known = reader.forecast(aCell)!
    const unheardOf = reader.forecast({ ...aCell, model: 'unheard-of' })!

    expect(unheardOf.input_tokens!.p90 / unheardOf.input_tokens!.p10).toBeGreaterThan(
      (1.2 * known.input_tokens!.p90) / known.input_tokens!.p10,
    )
    expect(unheardOf.evidence.effective_samples).toBeLessThan(known.evidence.effective_samples / 3)
  })

  it('never exceeds what an event may report', () => {
    const events = Array.from({ length: 50 }, (_, index) =>
      aForecastEvent({ instanceId: `i${index}`, values: [index % 2 === 0 ? 1 : 10_000_000] }),
    )
    const forecaster = new Forecaster(1)
    forecaster.adopt(aFitOf(events))

    expect(readerOf(forecaster).forecast(aCell)!.input_tokens!.p99).toBe(10_000_000)
  })
})

/** Knows 200 tasks of 40 instances and two models, one of which costs nothing. */
function readerOfTasks(): ForecastReader {
  const random = new SeededRandom(4)
  const events = Array.from({ length: 200 }, (_, index) => {
    const value = Math.exp(9 + random.normal())
    const isLocal = index % 4 === 0
    return aForecastEvent({
      instanceId: `i${index % 40}`,
      cell: { model: isLocal ? 'local' : index % 4 === 1 ? 'other' : aCell.model },
      values: [value, value / 10, isLocal ? 0 : value * 3, value / 2],
      succeeded: random.uniform() < 0.7,
    })
  })
  const forecaster = new Forecaster(4)
  forecaster.adopt(aFitOf(events))
  return readerOf(forecaster)
}
