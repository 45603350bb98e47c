import type { Forecast, ForecastBudget } from '@mosaicstack/telemetry-client/protocol'
import type { PublishedForecast } from './forecast/forecast-reader.ts'
import { ForecastReader } from './forecast/forecast-reader.ts'
import type { Cell } from './level-rules.ts'

/** Forecasts that stay as they are for a while, whatever was learned since: two of them show no single task in between. */
export class PacedForecasts {
  readonly #reader = new ForecastReader()
  readonly #publishedForMs: number
  readonly #nowMs: () => number
  #next: PublishedForecast | undefined
  #publishedAtMs = -Infinity

  /** @param publishedForMs how long a forecast stays published at least; 0 for not at all. */
  constructor(publishedForMs: number, nowMs: () => number) {
    this.#publishedForMs = publishedForMs
    this.#nowMs = nowMs
  }

  /** Takes a forecast that is newer than any before. */
  publish(published: PublishedForecast): void {
    this.#next = published
    this.#publishWhenDue()
  }

  /** Lets the next forecast be published at once: somebody was deleted. */
  hurry(): void {
    this.#next = undefined
    this.#publishedAtMs = -Infinity
  }

  /** How the forecasts of the last 30 days turned out, metric by metric; empty before any. */
  get calibration(): ForecastReader['calibration'] {
    this.#publishWhenDue()
    return this.#reader.calibration
  }

  /** The `forecast` block for a task of this kind; undefined while too little is known. */
  forecast(cell: Cell, budgets?: readonly ForecastBudget[]): Forecast | undefined {
    this.#publishWhenDue()
    return this.#reader.forecast(cell, budgets)
  }

  #publishWhenDue(): void {
    if (this.#next === undefined || this.#nowMs() - this.#publishedAtMs < this.#publishedForMs) return
    this.#reader.publish(this.#next)
    this.#publishedAtMs = this.#nowMs()
    this.#next = undefined
  }
}
