import type { FailureWords } from '@mosaicstack/telemetry-client/describe'

/** What it takes to talk to a server as an instance. */
export interface Connection {
  readonly serverUrl: string
  readonly apiKey: string
  readonly instanceId: string
}

/** Looks for a server at each question until one is known: it may be started after the agent was. */
export type FindConnection = () => Connection | FailureWords
