import { type ClientContext, httpOf } from '../client-context.ts'
import { PredictionCache } from './prediction-cache.ts'
import { PredictionFetcher } from './prediction-fetcher.ts'
import { Predictions } from './predictions.ts'

export function buildPredictions(context: ClientContext, signal: () => AbortSignal): Predictions {
  const { clock, config, report } = context
  const cache = new PredictionCache(config.predictionCacheTtlMs, undefined, clock.now)
  return new Predictions(cache, new PredictionFetcher(httpOf(context), report, signal), report)
}
