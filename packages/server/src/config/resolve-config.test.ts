import { resolve } from 'node:path'

import { describe, expect, it } from 'vitest'

import { ServerError } from '../server-error.ts'
import { flagOf, resolveConfig, resolveSetting, variableOf } from './resolve-config.ts'
import type { Environment, GivenSettings } from './resolve-config.ts'
import { settings, type SettingKey } from './settings.ts'

const TOKEN = 'a token of length 16 or more'

describe('where a setting comes from', () => {
  it('is the default where nothing is given', () => {
    const config = resolveConfig({}, {})

    expect(config).toMatchObject({ host: '127.0.0.1', port: 8765, auth: false, adminToken: null })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('follows from the key by rule, for the flag and for the variable', () => {
    expect(flagOf('checkpointIntervalMs')).toBe('--checkpoint-interval-ms')
    expect(variableOf('checkpointIntervalMs')).toBe('MOSAIC_TELEMETRY_CHECKPOINT_INTERVAL_MS')
  })

  it('prefers what is given to the variable, and the variable to its older name', () => {
    const aliases = { TELEMETRY_API_PORT: '3' }
    const environment = { ...aliases, MOSAIC_TELEMETRY_PORT: '2' }

    expect(resolveConfig({ port: '1' }, environment).port).toBe(1)
    expect(resolveConfig({}, environment).port).toBe(2)
    expect(resolveConfig({}, aliases).port).toBe(3)
  })

  it('reads every older name', () => {
    const config = resolveConfig(
      {},
      {
        TELEMETRY_API_HOST: '0.0.0.0',
        TELEMETRY_API_PORT: '9000',
        TELEMETRY_API_AUTH_ENABLED: 'true',
        TELEMETRY_API_AUTH_TOKEN: TOKEN,
        TELEMETRY_RATE_LIMIT_ENABLED: '1',
        TELEMETRY_RATE_LIMIT_RPM: '30',
      },
    )

    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 9000,
      auth: true,
      authToken: TOKEN,
      rateLimitEnabled: true,
      rateLimitRpm: 30,
    })
  })

  it('takes an empty variable for none', () => {
    expect(resolveConfig({}, { MOSAIC_TELEMETRY_PORT: '', TELEMETRY_API_PORT: '7' }).port).toBe(7)
  })
})

describe('what a value may be', () => {
  it.each([
    ['port', '0', 0],
    ['port', '65535', 65_535],
    ['staleAfterMs', '0', 0],
    ['staleAfterMs', '1500', 1500],
    ['staleAfterMs', '90s', 90_000],
    ['staleAfterMs', '24h', 86_400_000],
    ['staleAfterMs', '2d', 172_800_000],
    ['auth', 'YES', true],
    ['auth', 'off', false],
    ['minInstances', 'auto', 'auto'],
    ['minInstances', '3', 3],
    ['predictionsPreset', 'Public', 'public'],
    ['allowedHosts', 'a.example, b.example', ['a.example', 'b.example']],
    ['logLevel', 'WARN', 'warn'],
    ['dataDir', 'relative', resolve('relative')],
    ['host', '::1', '::1'],
  ] as const)('reads %s from %j', (key, text, value) => {
    expect(resolveSetting(key, text, {})).toEqual(value)
  })

  it.each([
    ['port', '65536'],
    ['port', '-1'],
    ['port', '80.5'],
    ['port', '1e3'],
    ['staleAfterMs', '1 week'],
    ['staleAfterMs', '-5s'],
    ['checkpointIntervalMs', '99'],
    ['auth', 'perhaps'],
    ['minInstances', '0'],
    ['predictionsPreset', 'private'],
    ['allowedHosts', 'a b'],
    ['logLevel', 'loud'],
    ['host', 'http://localhost'],
    ['adminToken', 'short'],
    ['dataDir', ''],
  ] as const)('refuses %s from %j', (key, text) => {
    expect(() => resolveSetting(key, text, {})).toThrow(ServerError)
  })

  it('describes every setting and accepts its own default', () => {
    for (const key of Object.keys(settings) as SettingKey[]) {
      const { default: value, help } = settings[key]
      expect(help, key).toMatch(/\.$/)
      if (value !== null) expect(resolveSetting(key, String(value) as never, {}), key).toEqual(value)
    }
  })
})

describe('what is wrong', () => {
  it('is told at once, each problem with where it comes from', () => {
    const problems = problemsOf(
      { port: 'x', logLevel: 'loud' },
      { MOSAIC_TELEMETRY_WINDOW_DAYS: '0', TELEMETRY_RATE_LIMIT_RPM: 'many' },
    )

    expect(problems).toEqual([
      '--port: "x" is not a whole number from 0 to 65535',
      'MOSAIC_TELEMETRY_WINDOW_DAYS: "0" is not a whole number from 1 to 3650',
      'TELEMETRY_RATE_LIMIT_RPM: "many" is not a whole number from 1 to 1000000',
      '--log-level: "loud" is not one of silent, fatal, error, warn, info, debug, trace',
    ])
  })

  it('never repeats a secret', () => {
    const problems = problemsOf({}, { MOSAIC_TELEMETRY_ADMIN_TOKEN: 'hunter2' })

    expect(problems).toEqual([
      'MOSAIC_TELEMETRY_ADMIN_TOKEN: its value is not a secret of at least 16 characters',
    ])
  })

  it.each(['0.0.0.0', '192.168.1.10', '::', 'example.org', '127.0.0.1.example.org'])(
    'includes listening on %s without a token for the agent-run API',
    (host) => {
      const problems = problemsOf({ host }, {})

      expect(problems).toHaveLength(1)
      expect(problems[0]).toMatch(/^--host: .*--auth with MOSAIC_TELEMETRY_AUTH_TOKEN/)
    },
  )

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('excludes listening on %s', (host) => {
    expect(problemsOf({ host }, {})).toEqual([])
  })

  it('excludes listening anywhere with a token', () => {
    const environment = { MOSAIC_TELEMETRY_AUTH_TOKEN: TOKEN }

    expect(problemsOf({ host: '0.0.0.0', auth: true }, environment)).toEqual([])
  })

  it('includes asking for a token that is not there', () => {
    expect(problemsOf({ auth: true }, {})).toEqual(['--auth: needs a token in MOSAIC_TELEMETRY_AUTH_TOKEN'])
  })

  it('includes publishing single instances to the public', () => {
    const [problem, ...others] = problemsOf({ predictionsPreset: 'public', minInstances: 1 }, {})

    expect([problem, others]).toEqual([expect.stringMatching(/^--min-instances: 1 would publish/), []])
    expect(problemsOf({ predictionsPreset: 'public', minInstances: 2 }, {})).toEqual([])
    expect(problemsOf({ predictionsPreset: 'public' }, {})).toEqual([])
  })

  it('names an unusable token once, not as missing too', () => {
    const problems = problemsOf({ auth: true }, { MOSAIC_TELEMETRY_AUTH_TOKEN: 'short' })

    expect(problems).toEqual([
      'MOSAIC_TELEMETRY_AUTH_TOKEN: its value is not a secret of at least 16 characters',
    ])
  })
})

function problemsOf(given: GivenSettings, environment: Environment): string[] {
  try {
    resolveConfig(given, environment)
    return []
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_CONFIG', hint: expect.any(String) })
    return (error as ServerError).message.split('\n')
  }
}
