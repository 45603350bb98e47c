import { isLoopbackAddress } from '../http/loopback.ts'
import { ServerError } from '../server-error.ts'
import { settings, type ServerConfig, type Setting, type SettingKey } from './settings.ts'

/** Values as a command line or a test gives them: text that is still to be read, or values that are ready. */
export type GivenSettings = { readonly [Key in SettingKey]?: ServerConfig[Key] | string | undefined }

export type Environment = Readonly<Record<string, string | undefined>>

/** `--rate-limit-rpm` for `rateLimitRpm`. */
export function flagOf(key: SettingKey): string {
  return `--${kebab(key)}`
}

/** `MOSAIC_TELEMETRY_RATE_LIMIT_RPM` for `rateLimitRpm`. */
export function variableOf(key: SettingKey): string {
  return `MOSAIC_TELEMETRY_${kebab(key).replaceAll('-', '_').toUpperCase()}`
}

/**
 * Resolves every setting: what was given, else the environment, else the default. The only place that reads the
 * environment.
 *
 * @throws ServerError that lists every problem at once.
 */
export function resolveConfig(given: GivenSettings, environment: Environment): ServerConfig {
  const problems: string[] = []
  const unusable = new Set<SettingKey>()
  const entries = (Object.keys(settings) as SettingKey[]).map((key) => {
    const resolved = resolve(key, given, environment)
    if (resolved.ok) return [key, resolved.value]
    problems.push(resolved.problem)
    unusable.add(key)
    return [key, settings[key].default]
  })

  const config = Object.freeze(Object.fromEntries(entries)) as ServerConfig
  // A setting that cannot be read is one problem, not a second one together with others.
  for (const { keys, problem } of unsafeCombinations(config)) {
    if (!keys.some((key) => unusable.has(key))) problems.push(problem)
  }
  if (problems.length > 0) throw badConfig(problems)
  return config
}

/**
 * Resolves one setting, for programs that share it with the server without starting one.
 *
 * @throws ServerError where its value cannot be used.
 */
export function resolveSetting<Key extends SettingKey>(
  key: Key,
  given: GivenSettings[Key],
  environment: Environment,
): ServerConfig[Key] {
  const resolved = resolve(key, { [key]: given }, environment)
  if (!resolved.ok) throw badConfig([resolved.problem])
  return resolved.value as ServerConfig[Key]
}

type Resolved =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string }

function resolve(key: SettingKey, given: GivenSettings, environment: Environment): Resolved {
  const setting: Setting<unknown> = settings[key]
  const [source, raw] = findRaw(key, setting, given, environment)
  if (typeof raw !== 'string') return { ok: true, value: raw ?? setting.default }

  const parsed = setting.parse(raw)
  if (parsed.ok) return parsed
  const shown = setting.isSecret || setting.mayHoldSecret ? 'its value' : JSON.stringify(raw)
  return { ok: false, problem: `${source}: ${shown} is not ${parsed.expected}` }
}

function badConfig(problems: readonly string[]): ServerError {
  return new ServerError('BAD_CONFIG', problems.join('\n'), { hint: 'See `mosaic-telemetry serve --help`.' })
}

function findRaw(
  key: SettingKey,
  setting: Setting<unknown>,
  given: GivenSettings,
  environment: Environment,
): readonly [source: string, raw: unknown] {
  if (given[key] !== undefined) return [flagOf(key), given[key]]
  for (const name of [variableOf(key), ...(setting.aliases ?? [])]) {
    if (environment[name] !== undefined && environment[name] !== '') return [name, environment[name]]
  }
  return ['default', undefined]
}

interface UnsafeCombination {
  readonly keys: readonly SettingKey[]
  readonly problem: string
}

function unsafeCombinations(config: ServerConfig): readonly UnsafeCombination[] {
  const found: UnsafeCombination[] = []
  if (!isLoopbackAddress(config.host) && !config.auth) {
    found.push({
      keys: ['host', 'auth'],
      problem:
        `${flagOf('host')}: ${config.host} can be reached from other machines, and the agent-run API would be open to them; ` +
        `add ${flagOf('auth')} with ${variableOf('authToken')}, or listen on 127.0.0.1`,
    })
  }
  if (config.predictionsPreset === 'public' && config.minInstances === 1) {
    found.push({
      keys: ['predictionsPreset', 'minInstances'],
      problem: `${flagOf('minInstances')}: 1 would publish what a single instance sent; the public preset needs 2 or more, or auto`,
    })
  }
  if (config.retentionDays > 0 && config.retentionDays < config.windowDays) {
    found.push({
      keys: ['retentionDays', 'windowDays'],
      problem:
        `${flagOf('retentionDays')}: ${config.retentionDays} would delete events that predictions are made from; ` +
        `keep ${config.windowDays} days or more, or lower ${flagOf('windowDays')}`,
    })
  }
  if (config.auth && config.authToken === null) {
    found.push({
      keys: ['auth', 'authToken'],
      problem: `${flagOf('auth')}: needs a token in ${variableOf('authToken')}`,
    })
  }
  return found
}

function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
