import { describe, expect, it } from 'vitest'

import { resolveConfig, type TelemetryConfig } from './config.ts'

const GOOD = {
  serverUrl: 'https://telemetry.example',
  apiKey: 'ab'.repeat(32),
  instanceId: 'a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d',
} as const

function resolve(config: TelemetryConfig, env: Record<string, string> = {}) {
  return resolveConfig(config, (name) => env[name])
}

describe('resolveConfig', () => {
  it('has the documented defaults', () => {
    const { config, problems } = resolve(GOOD)

    expect(problems).toEqual([])
    expect(config).toMatchObject({
      enabled: true,
      submitIntervalMs: 300_000,
      maxQueueSize: 1000,
      batchSize: 100,
      requestTimeoutMs: 10_000,
      predictionCacheTtlMs: 21_600_000,
      dryRun: false,
      maxRetries: 3,
      spoolDir: '',
    })
    expect(config.userAgent).toMatch(/^mosaicstack-telemetry-js\/\d+\.\d+\.\d+$/)
  })

  it('takes the environment where the constructor says nothing', () => {
    const { config, problems } = resolve(
      { serverUrl: 'https://from-code.example' },
      {
        MOSAIC_TELEMETRY_SERVER_URL: 'https://from-env.example',
        MOSAIC_TELEMETRY_API_KEY: 'msk_key',
        MOSAIC_TELEMETRY_INSTANCE_ID: GOOD.instanceId,
        MOSAIC_TELEMETRY_SPOOL_DIR: '/var/spool/telemetry',
      },
    )

    expect(problems).toEqual([])
    expect(config).toMatchObject({
      serverUrl: 'https://from-code.example',
      apiKey: 'msk_key',
      instanceId: GOOD.instanceId,
      spoolDir: '/var/spool/telemetry',
    })
  })

  it.each([
    ['1', true],
    ['TRUE', true],
    ['Yes', true],
    ['false', false],
    ['0', false],
  ])('lets MOSAIC_TELEMETRY_ENABLED=%s win over the constructor', (text, enabled) => {
    const { config } = resolve({ ...GOOD, enabled: !enabled }, { MOSAIC_TELEMETRY_ENABLED: text })

    expect(config.enabled).toBe(enabled)
  })

  it('drops trailing slashes of the address', () => {
    expect(resolve({ ...GOOD, serverUrl: 'https://telemetry.example/api//' }).config.serverUrl).toBe(
      'https://telemetry.example/api',
    )
  })

  it('reports every problem at once and goes on with the default', () => {
    const wrong = { serverUrl: 'ftp://x', apiKey: 'short', instanceId: 'me', batchSize: 101, maxRetries: -1 }

    const { canSend, config, problems } = resolve({ ...wrong, submitIntervalMs: 0, maxQueueSize: 0.5 })

    expect(problems).toEqual([
      'serverUrl: must be an http:// or https:// address',
      'apiKey: must be 64 hexadecimal digits or start with msk_',
      'instanceId: must be a UUID',
      'submitIntervalMs: must be a positive number',
      'maxQueueSize: must be a positive integer',
      'batchSize: must be an integer from 1 to 100',
      'maxRetries: must be an integer, 0 or more',
    ])
    expect(canSend).toBe(false)
    expect(config).toMatchObject({ batchSize: 100, maxRetries: 3, submitIntervalMs: 300_000 })
  })

  it('still tries a key of a form it does not know, unless it cannot be a header', () => {
    expect(resolve({ ...GOOD, apiKey: 'test-key' }).canSend).toBe(true)
    expect(resolve({ ...GOOD, apiKey: 'two\nlines' }).canSend).toBe(false)
  })

  it('asks nothing of a disabled client', () => {
    expect(resolve({ enabled: false }).problems).toEqual([])
  })
})
