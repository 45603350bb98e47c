import type { ForecastEvent } from './forecast-event.ts'
import { forecastMetrics } from './forecast-event.ts'
import type { MinInstances } from '../min-instances.ts'
import { fitForecast } from './forecast-fit.ts'
import { Forecaster } from './forecaster.ts'
import { UnitSums } from './unit-sums.ts'

/** New events, as a part of all, after which the forecast is fitted anew; never fewer than the second number. */
const REFIT_SHARE = 0.02
const MIN_REFIT_EVENTS = 10

export interface LearnerOptions {
  readonly minInstances: MinInstances
  readonly windowDays: number
}

/**
 * The forecast as it learns: every event is judged by the forecast that stood before it came, then added, and after
 * 2 % new events everything is fitted anew. When that happens follows from the events alone, so the same events in the
 * same order leave the same forecast, live or replayed.
 */
export class ForecastLearner {
  readonly forecaster: Forecaster
  readonly #units: UnitSums
  readonly #options: LearnerOptions
  #events = 0
  #eventsSinceFit = 0

  constructor(options: LearnerOptions, metrics: number = forecastMetrics.length) {
    this.forecaster = new Forecaster(metrics)
    this.#units = new UnitSums(metrics)
    this.#options = options
  }

  /** Whether anything was learned that the last fit does not know. */
  get isBehind(): boolean {
    return this.#eventsSinceFit > 0
  }

  /** Learns one event. Returns whether a new fit was adopted. */
  learn(event: ForecastEvent): boolean {
    this.forecaster.observe(event)
    this.#units.add(event)
    this.#events++
    this.#eventsSinceFit++
    if (this.#eventsSinceFit < Math.max(MIN_REFIT_EVENTS, this.#events * REFIT_SHARE)) return false
    this.refit(event.day)
    return true
  }

  /** Fits everything anew. `today` is a UTC day since 1970. */
  refit(today: number): void {
    this.#eventsSinceFit = 0
    this.#units.expire(today - this.#options.windowDays)
    this.forecaster.adopt(
      fitForecast(this.#units.columns(), { today, minInstances: this.#options.minInstances }),
    )
  }
}
