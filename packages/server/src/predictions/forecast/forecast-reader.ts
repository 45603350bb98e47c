import type { Forecast, ForecastBudget } from '@mosaicstack/telemetry-client/protocol'
import type { Cell } from '../level-rules.ts'
import type { CalibrationFigures } from './calibration.ts'
import { answerForecast } from './forecast-answer.ts'
import type { ForecastFit } from './forecast-fit.ts'
import { ForecastSnapshot, type MetricTables } from './forecast-snapshot.ts'

/** Everything a query reads, as plain data that crosses threads. */
export interface PublishedForecast {
  readonly fit: ForecastFit
  readonly tables: readonly MetricTables[]
  /** Metric by metric. */
  readonly calibration: readonly CalibrationFigures[]
}

/** Answers from the forecast that was published last. Publishing replaces it as a whole. */
export class ForecastReader {
  #current:
    | { readonly snapshot: ForecastSnapshot; readonly calibration: readonly CalibrationFigures[] }
    | undefined

  publish({ fit, tables, calibration }: PublishedForecast): void {
    this.#current = { snapshot: new ForecastSnapshot(fit, tables), calibration }
  }

  /** How the forecasts of the last 30 days turned out, metric by metric; empty before any. */
  get calibration(): readonly CalibrationFigures[] {
    return this.#current?.calibration ?? []
  }

  /** The `forecast` block for a task of this kind; undefined while too little is known. */
  forecast(cell: Cell, budgets: readonly ForecastBudget[] = []): Forecast | undefined {
    if (this.#current === undefined) return undefined
    return answerForecast(this.#current.snapshot, cell, budgets, this.#current.calibration)
  }
}
