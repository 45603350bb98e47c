import type { Cell } from '../level-rules.ts'

/** What is forecast, in the order of every list by metric. */
export const forecastMetrics = ['input_tokens', 'output_tokens', 'cost_usd_micros', 'duration_ms'] as const
export type ForecastMetric = (typeof forecastMetrics)[number]

/** One finished task, as the forecast learns it. */
export interface ForecastEvent {
  /** The model under its canonical name. */
  readonly cell: Cell
  readonly instanceId: string
  /** UTC days since 1970 of `received_at`. */
  readonly day: number
  /**
   * Metric by metric, from 0 on. A value below 1 has no logarithm worth the name and says nothing but that nobody knows
   * the number or that it costs nothing: the metric does not learn it.
   */
  readonly values: ArrayLike<number>
  readonly succeeded: boolean
}

/** The one spelling of a cell that maps and orders agree on. */
export function cellKey({ taskType, model, provider, complexity }: Cell): string {
  return `${taskType}\0${model}\0${provider}\0${complexity}`
}
