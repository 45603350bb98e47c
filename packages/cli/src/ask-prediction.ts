import {
  TelemetryClient,
  type PredictionQuery,
  type PredictionResponse,
  type TelemetryError,
} from '@mosaicstack/telemetry-client'

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
  throw new CliError(sentenceOf(failure), { hint: nextStep(failure, connection), cause: failure })
}

/** Without the client's own hint, which is meant for a program that goes on trying. */
function sentenceOf({ hint, message }: TelemetryError): string {
  return hint === undefined ? message : message.slice(0, -`. ${hint}`.length)
}

function nextStep({ code, status = 0 }: TelemetryError, { serverUrl }: Connection): string {
  if (code === 'BAD_CONFIG')
    return 'Correct --server-url, or what is set as MOSAIC_TELEMETRY_SERVER_URL, _API_KEY or _INSTANCE_ID.'
  if (status === 401 || status === 403) {
    return `Set MOSAIC_TELEMETRY_API_KEY to a key of ${serverUrl}; \`mosaic-telemetry keys create\` makes one there.`
  }
  if (status === 429) return 'Ask again in a minute.'
  return status > 0
    ? `Is ${serverUrl} the address of a telemetry server?`
    : `Is the server at ${serverUrl} running? Start one with \`mosaic-telemetry serve\`.`
}
