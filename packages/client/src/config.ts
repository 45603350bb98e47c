import type { Fetch } from './delivery/json-http.ts'
import { isUuid, MAX_EVENTS_PER_BATCH } from './protocol/index.ts'
import { VERSION } from './version.ts'

/** Where diagnostics go. Nothing is written anywhere without one: an agent's stdout is its protocol. */
export interface TelemetryLogger {
  debug?(message: string): void
  info?(message: string): void
  warn?(message: string): void
  error?(message: string): void
}

/** A value given here wins over the environment, which wins over the default; only `enabled` is the other way round. */
export interface TelemetryConfig {
  /** Base address of the telemetry API. Required when enabled. `MOSAIC_TELEMETRY_SERVER_URL`. */
  readonly serverUrl?: string | undefined
  /** Required when enabled. `MOSAIC_TELEMETRY_API_KEY`. */
  readonly apiKey?: string | undefined
  /** The UUID of this installation. Required when enabled. `MOSAIC_TELEMETRY_INSTANCE_ID`. */
  readonly instanceId?: string | undefined
  /** False makes every method a no-op. `MOSAIC_TELEMETRY_ENABLED` wins over this value. */
  readonly enabled?: boolean | undefined
  /** Longest time from `track()` to the next attempt to send. */
  readonly submitIntervalMs?: number | undefined
  /** Events kept in memory; the oldest make room. */
  readonly maxQueueSize?: number | undefined
  /** With so many events waiting, sending starts at once; half of `maxQueueSize` where it is 0 or left out. */
  readonly flushAt?: number | undefined
  /** Events in one request, 1 to 100. */
  readonly batchSize?: number | undefined
  readonly requestTimeoutMs?: number | undefined
  readonly predictionCacheTtlMs?: number | undefined
  /** Logs what would be sent instead of sending it. The spool is left alone. */
  readonly dryRun?: boolean | undefined
  /** Tries after the first one, before the events wait for the next cycle. */
  readonly maxRetries?: number | undefined
  readonly userAgent?: string | undefined
  /** Told about everything that goes wrong; messages name the HTTP status. It may throw. */
  readonly onError?: ((error: Error) => void) | undefined
  /** A directory that keeps undelivered events across crashes and restarts. `MOSAIC_TELEMETRY_SPOOL_DIR`. */
  readonly spoolDir?: string | undefined
  /** Bytes of undelivered events kept on disk; the oldest make room. */
  readonly spoolMaxBytes?: number | undefined
  /** How long an undelivered event is kept on disk. */
  readonly spoolMaxAgeMs?: number | undefined
  readonly logger?: TelemetryLogger | undefined
  readonly fetch?: Fetch | undefined
}

/** Everything decided, nothing missing. */
export interface ResolvedConfig {
  readonly serverUrl: string
  readonly apiKey: string
  readonly instanceId: string
  readonly enabled: boolean
  readonly submitIntervalMs: number
  readonly maxQueueSize: number
  readonly flushAt: number
  readonly batchSize: number
  readonly requestTimeoutMs: number
  readonly predictionCacheTtlMs: number
  readonly dryRun: boolean
  readonly maxRetries: number
  readonly userAgent: string
  readonly onError: ((error: Error) => void) | undefined
  readonly spoolDir: string
  readonly spoolMaxBytes: number
  readonly spoolMaxAgeMs: number
  readonly logger: TelemetryLogger
  readonly fetch: Fetch
}

interface Option<Value> {
  readonly default: Value
  readonly env?: string
  /** Says what would be right, or undefined where the value is. */
  readonly check: Check
  /** Whether a value with a problem is good enough to be tried all the same. */
  readonly isUsable?: (value: unknown) => boolean
}

type Check = (value: unknown) => string | undefined

/** The one table of options: default, environment variable and check. The README's table is tested against it. */
export const options: { readonly [Key in keyof ResolvedConfig]: Option<ResolvedConfig[Key]> } = {
  serverUrl: { default: '', env: 'MOSAIC_TELEMETRY_SERVER_URL', check: checkUrl },
  // A key of unknown form is reported and still tried: the server has the last word on what it issued.
  apiKey: { default: '', env: 'MOSAIC_TELEMETRY_API_KEY', check: checkApiKey, isUsable: isHeaderText },
  instanceId: { default: '', env: 'MOSAIC_TELEMETRY_INSTANCE_ID', check: must(isUuid, 'must be a UUID') },
  enabled: { default: true, env: 'MOSAIC_TELEMETRY_ENABLED', check: mustBeA('boolean') },
  submitIntervalMs: { default: 300_000, check: must(isPositive, 'must be a positive number') },
  maxQueueSize: { default: 1000, check: must(isCount, 'must be a positive integer') },
  flushAt: { default: 0, check: must(isCountOrZero, 'must be an integer, 0 or more') },
  batchSize: {
    default: MAX_EVENTS_PER_BATCH,
    check: must(isBatchSize, `must be an integer from 1 to ${MAX_EVENTS_PER_BATCH}`),
  },
  requestTimeoutMs: { default: 10_000, check: must(isPositive, 'must be a positive number') },
  predictionCacheTtlMs: { default: 21_600_000, check: must(isPositive, 'must be a positive number') },
  dryRun: { default: false, check: mustBeA('boolean') },
  maxRetries: { default: 3, check: must(isCountOrZero, 'must be an integer, 0 or more') },
  userAgent: {
    default: `mosaicstack-telemetry-js/${VERSION}`,
    check: must(isHeaderText, 'must be printable ASCII text'),
  },
  onError: { default: undefined, check: mustBeA('function') },
  spoolDir: { default: '', env: 'MOSAIC_TELEMETRY_SPOOL_DIR', check: mustBeA('string') },
  spoolMaxBytes: { default: 64 * 1024 * 1024, check: must(isPositive, 'must be a positive number') },
  spoolMaxAgeMs: { default: 30 * 24 * 3_600_000, check: must(isPositive, 'must be a positive number') },
  logger: { default: {}, check: mustBeA('object') },
  fetch: { default: (url, init) => fetch(url, init), check: mustBeA('function') },
}

/** Without these there is nobody to send to, or nobody to send as. */
const required: readonly string[] = ['serverUrl', 'apiKey', 'instanceId']

export interface ConfigResolution {
  /** Where a value is unusable or absent, the default stands in for it. */
  readonly config: ResolvedConfig
  /** Every problem, each with its option's name; none while disabled. */
  readonly problems: readonly string[]
  /** Whether requests can be made at all. */
  readonly canSend: boolean
}

/** The only place where the environment becomes configuration. Never throws. */
export function resolveConfig(
  given: TelemetryConfig,
  env: (name: string) => string | undefined,
): ConfigResolution {
  const values: Record<string, unknown> = {}
  const problems: string[] = []

  for (const [name, option] of Object.entries<Option<unknown>>(options)) {
    const value = chooseValue(name, option, given, env)
    const isAbsent = value === undefined || value === ''
    const problem = isAbsent ? undefined : option.check(value)
    const isUsable = !isAbsent && (problem === undefined || option.isUsable?.(value) === true)
    values[name] = isUsable ? value : option.default
    if (problem !== undefined) problems.push(`${name}: ${problem}`)
    if (isAbsent && required.includes(name)) problems.push(`${name}: is required${orFrom(option.env)}`)
  }

  const chosen = values as unknown as ResolvedConfig
  const config = Object.freeze({ ...chosen, serverUrl: chosen.serverUrl.replace(/\/+$/, '') })
  const canSend = required.every((name) => values[name] !== '')
  return { config, problems: config.enabled ? problems : [], canSend }
}

function chooseValue(
  name: string,
  option: Option<unknown>,
  given: TelemetryConfig,
  env: (name: string) => string | undefined,
): unknown {
  const fromCode = (given as Readonly<Record<string, unknown>>)[name] ?? undefined
  const fromEnv = option.env === undefined ? undefined : env(option.env) || undefined
  // The master switch belongs to whoever runs the process, not to whoever wrote it.
  if (name === 'enabled' && fromEnv !== undefined) return ['1', 'true', 'yes'].includes(fromEnv.toLowerCase())
  return fromCode === undefined || fromCode === '' ? fromEnv : fromCode
}

function orFrom(env: string | undefined): string {
  return env === undefined ? '' : ` (or set ${env})`
}

function must(isRight: (value: unknown) => boolean, sentence: string): Check {
  return (value) => (isRight(value) ? undefined : sentence)
}

function mustBeA(type: 'boolean' | 'function' | 'object' | 'string'): Check {
  return must((value) => typeof value === type, `must be a ${type}`)
}

function checkUrl(value: unknown): string | undefined {
  const sentence = 'must be an http:// or https:// address'
  if (typeof value !== 'string') return sentence
  try {
    const { protocol, username } = new URL(value)
    if (username !== '') return 'must not contain a user name'
    return protocol === 'http:' || protocol === 'https:' ? undefined : sentence
  } catch {
    return sentence
  }
}

function checkApiKey(value: unknown): string | undefined {
  const isKnownForm = typeof value === 'string' && /^(?:[0-9a-f]{64}|msk_\S+)$/i.test(value)
  return isKnownForm ? undefined : 'must be 64 hexadecimal digits or start with msk_'
}

/** Printable ASCII without blanks at the ends: anything else makes `fetch` throw or leaks into another header. */
function isHeaderText(value: unknown): boolean {
  return typeof value === 'string' && /^[!-~](?:[ -~]*[!-~])?$/.test(value)
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}

function isCountOrZero(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isCount(value: unknown): boolean {
  return isCountOrZero(value) && value !== 0
}

function isBatchSize(value: unknown): boolean {
  return isCount(value) && (value as number) <= MAX_EVENTS_PER_BATCH
}
