import { resolve } from 'node:path'
import process from 'node:process'

import { runPlatform } from '#run-platform'

import { resolveRunSettings, type RunClientConfig } from '../runs/run-config.ts'
import { runDestination } from '../runs/run-outbox.ts'
import { destinationId } from '../spool/inspect-spool.ts'

/** What a `RunClient` of this process would use. */
export interface RunClientSettings {
  readonly serverUrl: string
  /** Empty where none is set. */
  readonly apiKey: string
  /** Absolute, as the next one. */
  readonly bufferDir: string
  readonly ndjsonDir: string
  readonly enabled: boolean
  /** Names its records among the segments of `inspectSpool`. */
  readonly destination: string
  /** Settings that are unusable, one sentence each. */
  readonly problems: readonly string[]
}

/** Resolves configuration and environment exactly as `new RunClient(config)` does. */
export function runClientSettings(config: RunClientConfig = {}): RunClientSettings {
  const { problems, settings } = resolveRunSettings(config, (name) => process.env[name])
  const { apiKey, bufferDir, enabled, ndjsonDir, serverUrl } = settings
  return {
    serverUrl,
    apiKey,
    bufferDir: resolve(bufferDir),
    ndjsonDir: resolve(ndjsonDir || (runPlatform?.defaultNdjsonDir() ?? '.')),
    enabled,
    destination: destinationId(runDestination(serverUrl)),
    problems,
  }
}

/** The same for the events of one instance, as a `TelemetryClient` with a spool names them. */
export function eventDestination(serverUrl: string, instanceId: string): string {
  return destinationId(`${serverUrl.replace(/\/+$/, '')} ${instanceId.toLowerCase()}`)
}
