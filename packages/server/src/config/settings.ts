import { homedir, platform } from 'node:os'
import { join } from 'node:path'

import { presetNames, type PresetName } from '../predictions/presets.ts'
import {
  address,
  choice,
  count,
  databaseUrl,
  dataDirectory,
  duration,
  list,
  onOff,
  secret,
  word,
  type Parse,
} from './parse.ts'

/** One setting of the server. Its flag and its variable follow from its key. */
export interface Setting<Value> {
  readonly default: Value
  readonly parse: Parse<Value>
  readonly help: string
  /** Older names of the environment variable. */
  readonly aliases?: readonly string[]
  /** Secrets have no flag: a process list is no place for them. */
  readonly isSecret?: true
  /** Its value may hold a password, so no message shows it. */
  readonly mayHoldSecret?: true
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const MIB = 1024 * 1024

/**
 * All settings of the server. `port` is `--port` on the command line and `MOSAIC_TELEMETRY_PORT` in the environment;
 * nobody writes those names twice. The table in `docs/configuration.md` is made from this one.
 */
export const settings = {
  host: setting('127.0.0.1', address, 'Address to accept requests on.', ['TELEMETRY_API_HOST']),
  port: setting(8765, count(0, 65_535), 'Port to accept requests on; 0 takes any free one.', [
    'TELEMETRY_API_PORT',
  ]),
  dataDir: setting(defaultDataDirectory(), dataDirectory, 'Directory of the embedded database.'),
  databaseUrl: {
    ...setting<string | null>(
      null,
      databaseUrl,
      'PostgreSQL database to use in place of the embedded one: `postgres://user@host/database`.',
    ),
    mayHoldSecret: true,
  },
  adminToken: {
    ...setting<string | null>(null, secret(16), 'Opens the admin API; it is closed without one.'),
    isSecret: true,
  },
  viewerToken: {
    ...setting<string | null>(
      null,
      secret(16),
      'Opens the dashboard without its administration. With it or an admin token the dashboard asks for a login.',
    ),
    isSecret: true,
  },
  auth: setting(false, onOff, 'Whether the agent-run API asks for a token; events always need a key.', [
    'TELEMETRY_API_AUTH_ENABLED',
  ]),
  authToken: {
    ...setting<string | null>(null, secret(16), 'The token of the agent-run API.', [
      'TELEMETRY_API_AUTH_TOKEN',
    ]),
    isSecret: true,
  },
  publicPredictions: setting(false, onOff, 'Whether predictions are answered without a key.'),
  windowDays: setting(90, count(1, 3650), 'How many days of events predictions are made from.'),
  minInstances: setting<'auto' | number>(
    'auto',
    (text) => (text === 'auto' ? { ok: true, value: 'auto' } : count(1, 1000)(text)),
    'Instances a level needs before it is published: a number, or auto (a quarter of them, 1 to 5).',
  ),
  predictionsPreset: setting<PresetName>(
    'self-hosted',
    choice(presetNames),
    'For whom predictions are: self-hosted (everything exact, at once) or public (from 2 instances, rounded, every 15 minutes, new instances count little at first).',
  ),
  rateLimitEnabled: setting(false, onOff, 'Whether requests are limited per key and per address.', [
    'TELEMETRY_RATE_LIMIT_ENABLED',
  ]),
  rateLimitRpm: setting(600, count(1, 1_000_000), 'Requests a minute that one key or address may make.', [
    'TELEMETRY_RATE_LIMIT_RPM',
  ]),
  allowedHosts: setting<readonly string[]>(
    [],
    list(word),
    'Further host names that requests to a loopback address may name, separated by commas.',
  ),
  maxWaitingEvents: setting(
    20_000,
    count(100, 10_000_000),
    'Events that may wait for the disk; beyond it requests are answered 503 at once.',
  ),
  maxBytesUnderWay: setting(
    64 * MIB,
    count(MIB, 64 * 1024 * MIB),
    'Bytes of request bodies under way at once; beyond it requests are answered 503 before they are read.',
  ),
  maxConnections: setting(
    2000,
    count(1, 1_000_000),
    'Connections open at once; further ones are closed at once.',
  ),
  checkpointIntervalMs: setting(
    10_000,
    duration(100, DAY),
    'How often prediction aggregates are saved, up to a minute where saving takes long; what came since is read again after a crash.',
  ),
  staleAfterMs: setting(
    DAY,
    duration(0, 3650 * DAY),
    'How long a running agent run may be silent before it is set to timeout; 0 is never.',
  ),
  otlpTaskQuietMs: setting(
    10 * MINUTE,
    duration(1000, DAY),
    'How long a session must be silent in OpenTelemetry before its last task counts as finished.',
  ),
  retentionDays: setting(
    0,
    count(0, 36_500),
    'How many days events, and what OpenTelemetry told, are kept after they were received; at least the days of the window; 0 is for ever.',
  ),
  runRetentionDays: setting(
    0,
    count(0, 36_500),
    'How many days an ended agent run is kept after anything was last heard of it; 0 is for ever.',
  ),
  prunePauseMs: setting(
    60 * MINUTE,
    duration(100, 30 * DAY),
    'How long the server waits between two looks for what is too old.',
  ),
  // Within the ten seconds that supervisors allow, with room for the last checkpoint.
  stopTimeoutMs: setting(8_000, duration(0, 10 * MINUTE), 'How long a stop waits for requests under way.'),
  logLevel: setting(
    'info',
    choice(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']),
    'Least severe messages that are logged, to standard error.',
  ),
} as const satisfies { readonly [key: string]: Setting<never> | Setting<unknown> }

export type SettingKey = keyof typeof settings

/** The resolved settings: every value checked, nothing left to default. */
export type ServerConfig = {
  readonly [Key in SettingKey]: (typeof settings)[Key] extends Setting<infer Value> ? Value : never
}

function setting<Value>(
  defaultValue: Value,
  parse: Parse<Value>,
  help: string,
  aliases: readonly string[] = [],
): Setting<Value> {
  return { default: defaultValue, parse, help, aliases }
}

/** Where this user's programs keep their data, by the custom of the operating system. */
function defaultDataDirectory(): string {
  const name = 'mosaic-telemetry'
  if (platform() === 'win32')
    return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), name)
  if (platform() === 'darwin') return join(homedir(), 'Library', 'Application Support', name)
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), name)
}
