import type { TelemetryConfig } from '../config.ts'
import { TelemetryClient } from '../telemetry-client.ts'
import { API_KEY, INSTANCE_ID } from './an-event.ts'

export interface ObservedClient extends AsyncDisposable {
  readonly client: TelemetryClient
  /** Messages that `onError` was given. */
  readonly errors: string[]
}

/** A client of a server, with a short interval and no patience of its own; name the options that matter. */
export function aClient(serverUrl: string, config: TelemetryConfig = {}): ObservedClient {
  const errors: string[] = []
  const client = new TelemetryClient({
    serverUrl,
    apiKey: API_KEY,
    instanceId: INSTANCE_ID,
    submitIntervalMs: 20,
    maxRetries: 0,
    onError: ({ message }) => errors.push(message),
    ...config,
  })
  return { client, errors, [Symbol.asyncDispose]: () => client.stop({ timeoutMs: 500 }) }
}
