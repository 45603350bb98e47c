import { expect, it } from 'vitest'
import { aCell, aFitOf, aForecastEvent } from '../testing/a-forecast-event.ts'
import { NOW_MS } from '../testing/an-observation.ts'
import { Forecaster } from './forecast/forecaster.ts'
import { PacedForecasts } from './paced-forecasts.ts'

const QUARTER_MS = 15 * 60_000

it('follows every forecast at once where nothing is to stay', () => {
  const { forecasts, median, aForecastOf } = paced(0)

  forecasts.publish(aForecastOf(1000))
  const first = median()
  forecasts.publish(aForecastOf(2000))

  expect([first, median()]).toEqual([1000, 2000])
})

it('answers with one forecast for fifteen minutes, then with the newest', () => {
  const { forecasts, median, clock, aForecastOf } = paced(QUARTER_MS)

  forecasts.publish(aForecastOf(1000))
  forecasts.publish(aForecastOf(2000))
  forecasts.publish(aForecastOf(3000))
  clock.nowMs += QUARTER_MS - 1
  const before = median()
  clock.nowMs += 1

  expect([before, median()]).toEqual([1000, 3000])
})

it('publishes the next one at once after a deletion, and none of before it', () => {
  const { forecasts, median, clock, aForecastOf } = paced(QUARTER_MS)
  forecasts.publish(aForecastOf(1000))
  forecasts.publish(aForecastOf(2000))

  forecasts.hurry()
  clock.nowMs += QUARTER_MS
  const stillTheFirst = median()
  forecasts.publish(aForecastOf(3000))

  expect([stillTheFirst, median()]).toEqual([1000, 3000])
})

it('answers nothing before the first', () => {
  const { forecasts } = paced(QUARTER_MS)

  expect(forecasts.forecast(aCell)).toBeUndefined()
  expect(forecasts.calibration).toEqual([])
})

function paced(publishedForMs: number) {
  const clock = { nowMs: NOW_MS }
  const forecasts = new PacedForecasts(publishedForMs, () => clock.nowMs)
  return {
    clock,
    forecasts,
    /** To two digits: a forecast of a few equal tasks lies near them. */
    median: () => Number(forecasts.forecast(aCell)?.input_tokens?.p50.toPrecision(1)),
    aForecastOf(tokens: number) {
      const events = Array.from({ length: 30 }, () => aForecastEvent({ values: [tokens] }))
      return new Forecaster(1).preview(aFitOf(events))
    },
  }
}
