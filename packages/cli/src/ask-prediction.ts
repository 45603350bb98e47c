import {
  TelemetryClient,
  type PredictionQuery,
  type PredictionResponse,
  type TelemetryError,
} from '@mosaicstack/telemetry-client'
import { describeFailure } from '@mosaicstack/telemetry-client/describe'

import { CliError } from './cli-error.ts'
import type { Connection } from './connection.ts'

/** Asks the server once. @throws CliError that says why there is no answer, and what to do. */
export async function askPrediction(
  query: PredictionQuery,
  connection: Connection,
): Promise<PredictionResponse> {
  let failure: TelemetryError | undefined
  await using client = new TelemetryClient({
    ...connection,
    maxRetries: 0,
    onError: (error) => (failure ??= error as TelemetryError),
  })
  const response = await client.predict(query)
  if (response !== null) return response
  if (failure === undefined) {
    throw new CliError('MOSAIC_TELEMETRY_ENABLED switches the client off, so nobody was asked', {
      hint: 'Unset it, or set it to true.',
    })
  }
  const { what, nextStep } = describeFailure(failure, connection.serverUrl)
  throw new CliError(what, { hint: nextStep, cause: failure })
}
