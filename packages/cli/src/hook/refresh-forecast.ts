import type { PredictionQuery } from '@mosaicstack/telemetry-client'
import { providerOfModel } from '@mosaicstack/telemetry-client/protocol'

import { askPrediction } from '../ask-prediction.ts'
import { findConnection } from '../connection.ts'
import { whyNotTell } from '../import/may-tell.ts'
import { writeForecast } from './forecast-cache.ts'

/** Asks the server what a task of a model takes. Nothing is known of a prompt but the model, so nothing else is asked. */
export async function refreshForecast(directory: string, model: string): Promise<void> {
  if (whyNotTell(process.env) !== undefined) return
  const query: PredictionQuery = {
    task_type: 'unknown',
    model,
    provider: providerOfModel(model),
    complexity: 'medium',
  }
  const response = await askPrediction(query, findConnection({}))
  writeForecast(directory, model, { query, response })
}
