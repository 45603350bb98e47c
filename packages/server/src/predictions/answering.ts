import type {
  ForecastBudget,
  PredictionQuery,
  PredictionResponse,
} from '@mosaicstack/telemetry-client/protocol'
import { forecastMetrics } from './forecast/forecast-event.ts'
import type { ForecastReader } from './forecast/forecast-reader.ts'
import type { Predictor } from './predictor.ts'

/** Answers a query with both: what was observed (`prediction`) and what to expect (`forecast`). Never mixes the two. */
export interface Answering {
  predict(query: PredictionQuery): PredictionResponse
}

export function answering(
  predictor: Pick<Predictor, 'predict'>,
  forecasts: Pick<ForecastReader, 'forecast'>,
): Answering {
  return {
    predict(query) {
      const answer = predictor.predict(query)
      const cell = {
        taskType: query.task_type,
        model: answer.metadata.model_canonical ?? query.model,
        provider: query.provider,
        complexity: query.complexity,
      }
      const forecast = forecasts.forecast(cell, budgetsOf(query))
      return forecast === undefined ? answer : { ...answer, forecast }
    },
  }
}

function budgetsOf(query: PredictionQuery): readonly ForecastBudget[] {
  return forecastMetrics.flatMap((metric) => {
    const budget = query[`budget_${metric}`] ?? undefined
    return budget === undefined ? [] : [{ metric, budget }]
  })
}
