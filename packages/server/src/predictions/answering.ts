import type { PredictionQuery, PredictionResponse } from '@mosaicstack/telemetry-client/protocol'
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
      const forecast = forecasts.forecast({
        taskType: query.task_type,
        model: answer.metadata.model_canonical ?? query.model,
        provider: query.provider,
        complexity: query.complexity,
      })
      return forecast === undefined ? answer : { ...answer, forecast }
    },
  }
}
