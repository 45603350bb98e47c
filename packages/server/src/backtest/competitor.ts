import type { Cell } from '../predictions/level-rules.ts'
import type { ForecastEvent } from '../predictions/forecast/forecast-event.ts'

/** One way of forecasting, to be compared with others on the same events. */
export interface Competitor {
  readonly name: string
  /** Quantiles 0.05 … 0.95 of ln value of a metric's next task in a cell; undefined where it knows nothing. */
  predict(metric: number, cell: Cell): Float64Array | undefined
  /** The share of tasks that succeed, 0 to 1; undefined where it says nothing about that. */
  predictSuccess(cell: Cell): number | undefined
  /** Takes a task that has come. It was predicted before. */
  learn(event: ForecastEvent): void
}
