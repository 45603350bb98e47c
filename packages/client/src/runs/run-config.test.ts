import { describe, expect, it } from 'vitest'

import { resolveRunSettings, type RunClientConfig } from './run-config.ts'

function resolve(env: Readonly<Record<string, string>>, config: RunClientConfig = {}) {
  return resolveRunSettings(config, (name) => env[name])
}

describe('the settings of a run client', () => {
  it('need nothing at all', () => {
    const { problems, settings } = resolve({})

    expect(problems).toEqual([])
    expect(settings).toMatchObject({
      serverUrl: 'http://localhost:8765',
      apiKey: '',
      bufferDir: './telemetry_buffer',
      ndjsonDir: '',
      agentOwner: '',
      enabled: true,
      sendTimeline: true,
    })
  })

  it('come from the environment, and a value in the code wins', () => {
    const env = { TELEMETRY_API_URL: 'http://a:1/', TELEMETRY_BUFFER_DIR: '/b', AGENT_OWNER: 'team' }

    expect(resolve(env).settings).toMatchObject({
      serverUrl: 'http://a:1',
      bufferDir: '/b',
      agentOwner: 'team',
    })
    expect(resolve(env, { serverUrl: 'http://b:2', agentOwner: 'me' }).settings).toMatchObject({
      serverUrl: 'http://b:2',
      bufferDir: '/b',
      agentOwner: 'me',
    })
  })

  it.each([
    [{ TELEMETRY_NDJSON_DIR: '/n', TELEMETRY_BASE_DIR: '/t', AGENT_METRICS_DIR: '/a' }, '/n'],
    [{ TELEMETRY_BASE_DIR: '/t/', AGENT_METRICS_DIR: '/a' }, '/t/raw'],
    [{ AGENT_METRICS_DIR: '/a' }, '/a/raw'],
    [{}, ''],
  ] as const)('find the NDJSON directory of %j', (env, directory) => {
    expect(resolve(env).settings.ndjsonDir).toBe(directory)
  })

  it('name every problem, and stand in with the default', () => {
    const { problems, settings } = resolve(
      {
        TELEMETRY_API_URL: 'localhost:8765',
        TELEMETRY_API_AUTH_TOKEN: 'line\nbreak',
      },
      { requestTimeoutMs: -1 },
    )

    expect(settings).toMatchObject({
      serverUrl: 'http://localhost:8765',
      apiKey: '',
      requestTimeoutMs: 10_000,
    })
    expect(problems).toEqual([
      'serverUrl: must be an http:// or https:// address without a user name',
      'requestTimeoutMs: must be a positive number',
      'apiKey: must be printable ASCII text',
    ])
  })

  it('let whoever runs the process switch it off', () => {
    expect(resolve({ MOSAIC_TELEMETRY_ENABLED: 'false' }, { enabled: true }).settings.enabled).toBe(false)
    expect(resolve({}, { enabled: false }).settings.enabled).toBe(false)
  })
})
