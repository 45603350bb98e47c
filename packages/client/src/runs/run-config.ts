import type { TelemetryLogger } from '../config.ts'
import type { Fetch } from '../delivery/json-http.ts'
import { consoleLogger } from './run-log.ts'

/** Everything has a default; a value given here wins over the environment. */
export interface RunClientConfig {
  /** Base address of the agent-run API, `http://localhost:8765` by default. `TELEMETRY_API_URL`. */
  readonly serverUrl?: string | undefined
  /** The bearer token, where the server demands one. `TELEMETRY_API_AUTH_TOKEN`. */
  readonly apiKey?: string | undefined
  /** Where undelivered writes wait, `./telemetry_buffer` by default. `TELEMETRY_BUFFER_DIR`. */
  readonly bufferDir?: string | undefined
  /**
   * Where every write is noted as NDJSON. `TELEMETRY_NDJSON_DIR`, else `raw` in `TELEMETRY_BASE_DIR` or
   * `AGENT_METRICS_DIR`, else a directory of this user.
   */
  readonly ndjsonDir?: string | undefined
  /** Named as the owner of runs that name none. `AGENT_OWNER`. */
  readonly agentOwner?: string | undefined
  /** False makes every method a no-op. `MOSAIC_TELEMETRY_ENABLED` wins over this value. */
  readonly enabled?: boolean | undefined
  /** False keeps `logEvent()` to the NDJSON files. True by default. */
  readonly sendTimeline?: boolean | undefined
  /** 10 000 by default. */
  readonly requestTimeoutMs?: number | undefined
  /** Tries after the first one, before the writes wait for fifteen seconds; 3 by default. */
  readonly maxRetries?: number | undefined
  /** Bytes of undelivered writes kept on disk, 256 MiB by default; the oldest make room. */
  readonly bufferMaxBytes?: number | undefined
  /** How long an undelivered write is kept, 30 days by default. */
  readonly bufferMaxAgeMs?: number | undefined
  /** `console.warn` and `console.error` by default. Never stdout. */
  readonly logger?: TelemetryLogger | undefined
  readonly fetch?: Fetch | undefined
}

/** Where ended runs are also posted to. */
export interface SheetsConfig {
  readonly url: string
  readonly token: string
}

/** Everything decided. */
export interface RunSettings {
  readonly serverUrl: string
  readonly apiKey: string
  readonly bufferDir: string
  /** Empty: a directory of this user. */
  readonly ndjsonDir: string
  readonly agentOwner: string
  readonly enabled: boolean
  readonly sendTimeline: boolean
  readonly requestTimeoutMs: number
  readonly maxRetries: number
  readonly bufferMaxBytes: number
  readonly bufferMaxAgeMs: number
  readonly logger: TelemetryLogger
  readonly fetch: Fetch
  /** Absent unless switched on and given an address. */
  readonly sheets: SheetsConfig | undefined
}

export type ReadEnv = (name: string) => string | undefined

export interface RunSettingsResolution {
  readonly settings: RunSettings
  /** One sentence each; the default stands in for what is unusable. */
  readonly problems: readonly string[]
}

export const DEFAULT_SERVER_URL = 'http://localhost:8765'
export const DEFAULT_BUFFER_DIR = './telemetry_buffer'

const TRUE_WORDS: ReadonlySet<string> = new Set(['1', 'true', 'yes'])

/** The only place where the environment becomes settings of runs. Never throws. */
export function resolveRunSettings(config: RunClientConfig, env: ReadEnv): RunSettingsResolution {
  const problems: string[] = []
  const given = copyOrEmpty(config, problems)
  const text = (name: keyof RunClientConfig, fallback: string, ...variables: readonly string[]): string => {
    const value = given[name] ?? firstOf(env, variables) ?? fallback
    if (typeof value === 'string' && !value.includes('\0')) return value === '' ? fallback : value
    problems.push(`${name}: must be a text`)
    return fallback
  }
  const positive = (name: keyof RunClientConfig, fallback: number): number => {
    const value = given[name] ?? fallback
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value
    problems.push(`${name}: must be a positive number`)
    return fallback
  }
  const count = (name: keyof RunClientConfig, fallback: number): number => {
    const value = given[name] ?? fallback
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
    problems.push(`${name}: must be an integer, 0 or more`)
    return fallback
  }
  const url = (value: string): string => {
    if (isHttpUrl(value)) return value.replace(/\/+$/, '')
    problems.push(`serverUrl: must be an http:// or https:// address without a user name`)
    return DEFAULT_SERVER_URL
  }

  const enabledByEnv = firstOf(env, ['MOSAIC_TELEMETRY_ENABLED'])
  const settings: RunSettings = {
    serverUrl: url(text('serverUrl', DEFAULT_SERVER_URL, 'TELEMETRY_API_URL')),
    apiKey: text('apiKey', '', 'TELEMETRY_API_AUTH_TOKEN'),
    bufferDir: text('bufferDir', DEFAULT_BUFFER_DIR, 'TELEMETRY_BUFFER_DIR'),
    ndjsonDir: text('ndjsonDir', rawDirectory(env), 'TELEMETRY_NDJSON_DIR'),
    agentOwner: text('agentOwner', '', 'AGENT_OWNER'),
    // The master switch belongs to whoever runs the process, not to whoever wrote it.
    enabled: enabledByEnv === undefined ? given.enabled !== false : isTrue(enabledByEnv),
    sendTimeline: given.sendTimeline !== false,
    requestTimeoutMs: positive('requestTimeoutMs', 10_000),
    maxRetries: count('maxRetries', 3),
    bufferMaxBytes: positive('bufferMaxBytes', 256 * 1024 * 1024),
    bufferMaxAgeMs: positive('bufferMaxAgeMs', 30 * 24 * 3_600_000),
    logger: typeof given.logger === 'object' && given.logger !== null ? given.logger : consoleLogger,
    fetch: typeof given.fetch === 'function' ? given.fetch : (input, init) => fetch(input, init),
    sheets: sheetsFrom(env, problems),
  }
  if (!isHeaderText(settings.apiKey)) problems.push('apiKey: must be printable ASCII text')
  return {
    settings: Object.freeze({ ...settings, apiKey: isHeaderText(settings.apiKey) ? settings.apiKey : '' }),
    problems,
  }
}

/** A getter may throw, and then nothing of the rest can be trusted. */
function copyOrEmpty(config: RunClientConfig, problems: string[]): RunClientConfig {
  try {
    return { ...config }
  } catch {
    problems.push('the configuration cannot be read')
    return {}
  }
}

function sheetsFrom(env: ReadEnv, problems: string[]): SheetsConfig | undefined {
  const isOn = isTrue(firstOf(env, ['GOOGLE_SHEETS_API_ENABLED', 'METRICS_API_ENABLED']) ?? '')
  const url = firstOf(env, ['GOOGLE_SHEETS_API_URL', 'METRICS_API_URL'])
  if (!isOn) return undefined
  if (url === undefined || !isHttpUrl(url)) {
    problems.push('GOOGLE_SHEETS_API_URL: must be an http:// or https:// address without a user name')
    return undefined
  }
  const token = firstOf(env, ['METRICS_API_TOKEN']) ?? ''
  return { url, token: isHeaderText(token) ? token : '' }
}

function rawDirectory(env: ReadEnv): string {
  const base = firstOf(env, ['TELEMETRY_BASE_DIR', 'AGENT_METRICS_DIR'])
  return base === undefined ? '' : `${base.replace(/[/\\]+$/, '')}/raw`
}

function firstOf(env: ReadEnv, variables: readonly string[]): string | undefined {
  return variables.map(env).find((value) => value !== undefined && value !== '')
}

function isTrue(word: string): boolean {
  return TRUE_WORDS.has(word.toLowerCase())
}

function isHttpUrl(value: string): boolean {
  try {
    const { protocol, username } = new URL(value)
    return (protocol === 'http:' || protocol === 'https:') && username === ''
  } catch {
    return false
  }
}

/** Anything else makes `fetch` throw or leaks into another header. Empty is no header at all. */
function isHeaderText(value: string): boolean {
  return /^(?:[!-~](?:[ -~]*[!-~])?)?$/.test(value)
}
