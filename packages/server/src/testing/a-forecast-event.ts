import type { ForecastEvent } from '../predictions/forecast/forecast-event.ts'
import { fitForecast } from '../predictions/forecast/forecast-fit.ts'
import type { FitOptions, ForecastFit } from '../predictions/forecast/forecast-fit.ts'
import { ForecastReader } from '../predictions/forecast/forecast-reader.ts'
import type { Forecaster } from '../predictions/forecast/forecaster.ts'
import { UnitSums } from '../predictions/forecast/unit-sums.ts'
import type { Cell } from '../predictions/level-rules.ts'

export const TODAY = 20_000

export const aCell: Cell = {
  taskType: 'debugging',
  model: 'claude-sonnet-4-5',
  provider: 'anthropic',
  complexity: 'medium',
}

/** A task of one metric, or of more where `values` says so. */
export function aForecastEvent(
  changes: Omit<Partial<ForecastEvent>, 'cell'> & { readonly cell?: Partial<Cell> } = {},
): ForecastEvent {
  return {
    instanceId: 'a',
    day: TODAY,
    values: [10_000],
    succeeded: true,
    ...changes,
    cell: { ...aCell, ...changes.cell },
  }
}

/** A fit of events, k fixed to 1 unless asked otherwise. */
export function aFitOf(events: readonly ForecastEvent[], options: Partial<FitOptions> = {}): ForecastFit {
  const units = new UnitSums(events[0]?.values.length ?? 1)
  for (const event of events) units.add(event)
  return fitForecast(units.columns(), { today: TODAY, minInstances: 1, ...options })
}

/** Answers from the forecast that stands. */
export function readerOf({ published }: Forecaster): ForecastReader {
  const reader = new ForecastReader()
  if (published !== undefined) reader.publish(published)
  return reader
}
