import type { ForecastEvent } from '../predictions/forecast/forecast-event.ts'
import { fitForecast } from '../predictions/forecast/forecast-fit.ts'
import { Forecaster } from '../predictions/forecast/forecaster.ts'
import { locate } from '../predictions/forecast/location.ts'
import { logistic } from '../predictions/forecast/success-fit.ts'
import { UnitSums } from '../predictions/forecast/unit-sums.ts'
import type { Cell } from '../predictions/level-rules.ts'
import type { Competitor } from './competitor.ts'

/** New events, as a part of all, after which the forecast is fitted anew; never fewer than the second number. */
const REFIT_SHARE = 0.02
const MIN_REFIT_EVENTS = 10

/** The forecast as a server runs it: observe, add, and a refit after 2 % new events. */
export class ForecastCompetitor implements Competitor {
  readonly name = 'forecast'
  readonly forecaster: Forecaster
  readonly #units: UnitSums
  readonly #minInstances: 'auto' | number
  readonly #windowDays: number
  #events = 0
  #sinceFit = 0

  constructor(metrics: number, options: { minInstances?: 'auto' | number; windowDays?: number } = {}) {
    this.forecaster = new Forecaster(metrics)
    this.#units = new UnitSums(metrics)
    this.#minInstances = options.minInstances ?? 'auto'
    this.#windowDays = options.windowDays ?? 90
  }

  predict(metric: number, cell: Cell): Float64Array | undefined {
    const points = this.forecaster.snapshot?.curve(metric, cell)?.curve.points
    return points === undefined ? undefined : Float64Array.from(points)
  }

  predictSuccess(cell: Cell): number | undefined {
    const snapshot = this.forecaster.snapshot
    if (snapshot?.fit.success === undefined) return undefined
    return logistic(locate(snapshot.fit.success, snapshot.groups(cell)).location)
  }

  learn(event: ForecastEvent): void {
    this.forecaster.observe(event)
    this.#units.add(event)
    this.#events++
    this.#sinceFit++
    if (this.#sinceFit >= Math.max(MIN_REFIT_EVENTS, this.#events * REFIT_SHARE)) this.#refit(event.day)
  }

  #refit(today: number): void {
    this.#sinceFit = 0
    this.#units.expire(today - this.#windowDays)
    this.forecaster.adopt(fitForecast(this.#units.columns(), { today, minInstances: this.#minInstances }))
  }
}
