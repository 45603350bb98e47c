import type { TelemetryClient as Client } from '@mosaicstack/telemetry-client'

/** What the guide's fragments take for granted: the import of the client, and the application's own logger. */
declare global {
  var TelemetryClient: typeof Client
  var logger: { error(message: string, details: { readonly error: string }): void }
}
