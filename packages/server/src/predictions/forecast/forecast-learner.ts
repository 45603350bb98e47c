import type { MinInstances } from '../min-instances.ts'
import type { ForecastEvent } from './forecast-event.ts'
import { forecastMetrics } from './forecast-event.ts'
import { fitForecast } from './forecast-fit.ts'
import type { ForecastFit } from './forecast-fit.ts'
import type { PublishedForecast } from './forecast-reader.ts'
import { Forecaster } from './forecaster.ts'
import { decodeLearnerCheckpoint, encodeLearnerCheckpoint } from './learner-checkpoint.ts'
import { decodePublishedForecast, encodePublishedForecast } from './published-forecast-codec.ts'
import { decodeUnitColumns, encodeUnitColumns } from './unit-columns-codec.ts'
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
 * 2 % new events everything is fitted anew.
 *
 * Always true: when that happens follows from the events alone, so the same events in the same order leave the same
 * forecast to the last bit, live, replayed, or with any number of restarts in between.
 */
export class ForecastLearner {
  readonly forecaster: Forecaster
  readonly #units: UnitSums
  readonly #options: LearnerOptions
  #events = 0
  #eventsSinceFit = 0
  /** UTC days since 1970. The window ends with it: time passes only as events come. */
  #newestDay = 0

  constructor(options: LearnerOptions, metrics: number = forecastMetrics.length) {
    this.forecaster = new Forecaster(metrics)
    this.#units = new UnitSums(metrics)
    this.#options = options
  }

  /** Whether anything was learned that the standing forecast does not know. */
  get isBehind(): boolean {
    return this.#eventsSinceFit > 0
  }

  /** Learns one event. Returns whether a new fit was adopted. */
  learn(event: ForecastEvent): boolean {
    this.forecaster.observe(event)
    this.#units.add(event)
    this.#newestDay = Math.max(this.#newestDay, event.day)
    this.#events++
    this.#eventsSinceFit++
    if (this.#eventsSinceFit < Math.max(MIN_REFIT_EVENTS, this.#events * REFIT_SHARE)) return false
    this.forecaster.adopt(this.#fit())
    this.#eventsSinceFit = 0
    return true
  }

  /**
   * The forecast that knows everything learned so far, for whoever cannot wait for 2 % more events. It does not become
   * the standing one: asking, or not, changes nothing that comes later.
   */
  preview(): PublishedForecast {
    return this.forecaster.preview(this.#fit())
  }

  /** Everything that is known, as bytes: see `learner-checkpoint.ts`. */
  checkpoint(): Uint8Array<ArrayBuffer> {
    const { published } = this.forecaster
    return encodeLearnerCheckpoint({
      settings: this.#settings,
      events: this.#events,
      eventsSinceFit: this.#eventsSinceFit,
      newestDay: this.#newestDay,
      units: encodeUnitColumns(this.#units.columns()),
      softState: this.forecaster.checkpoint(),
      standing: published === undefined ? new Uint8Array() : encodePublishedForecast(published),
    })
  }

  /** Takes what `checkpoint` gave. Call once, before anything is learned; of no use any more where it returns false. */
  restore(bytes: Uint8Array): boolean {
    const saved = decodeLearnerCheckpoint(bytes)
    if (saved === undefined || saved.settings !== this.#settings) return false
    const columns = decodeUnitColumns(saved.units)
    const standing = saved.standing.length === 0 ? undefined : decodePublishedForecast(saved.standing)
    if (columns === undefined || (standing === undefined && saved.standing.length > 0)) return false
    if (!this.forecaster.restore(saved.softState, standing)) return false
    this.#units.load(columns)
    this.#events = saved.events
    this.#eventsSinceFit = saved.eventsSinceFit
    this.#newestDay = saved.newestDay
    return true
  }

  /** What the forecast depends on besides the events. */
  get #settings(): string {
    return `k ${this.#options.minInstances}, ${this.#options.windowDays} days`
  }

  #fit(): ForecastFit {
    this.#units.expire(this.#newestDay - this.#options.windowDays)
    return fitForecast(this.#units.columns(), {
      today: this.#newestDay,
      minInstances: this.#options.minInstances,
    })
  }
}
