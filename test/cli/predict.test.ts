import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { TelemetryClient, type PredictionResponse } from '@mosaicstack/telemetry-client'
import { readLocalCredentials } from '@mosaicstack/telemetry-server'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { anEvent } from '../../packages/client/src/testing/an-event.ts'
import { runCli, startServe, temporaryDirectory, type RunningServe } from './run-cli.ts'

const MODEL = 'claude-sonnet-4-5-20250929'
const ASK = ['predict', '--model', MODEL, '--task-type', 'implementation']

describe('predict', () => {
  const directory = temporaryDirectory()
  let serve: RunningServe

  beforeAll(async () => {
    serve = await startServe(directory.path)
    await report(directory.path, 39)
    await forecastOf(directory.path)
  })
  afterAll(async () => {
    await serve.stop()
    directory[Symbol.dispose]()
  })

  it('prints the range first and the median second, within 80 columns, and where they come from', async () => {
    const { code, stdout, stderr } = await runCli([...ASK, '--budget', '0.10', '--data-dir', directory.path])

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines.slice(0, 8)).toEqual([
      `implementation, medium, ${MODEL} (anthropic)`,
      '',
      expect.stringMatching(/^ +8 of 10 tasks +half below$/),
      expect.stringMatching(/^cost +\$\S+ – \$\S+ +\$\S+$/),
      expect.stringMatching(/^duration +.+ – .+ (s|min|h)$/),
      expect.stringMatching(/^input tokens +\S+ – \S+ +\S+$/),
      expect.stringMatching(/^output tokens +\S+ – \S+ +\S+$/),
      '',
    ])
    const paragraphs = lines.slice(8).join('\n').split('\n\n').map(inOneLine)
    expect(paragraphs).toEqual([
      expect.stringMatching(
        /^Its chance of success is .* %.*\. A success costs \$\S+ on average, .* more than \$0\.10 is \d+ %\.$/,
      ),
      expect.stringMatching(
        /^Where from: Reported by 1 instance, worth \d+ independent .* Observed: 39 tasks .* How sure: Of \d+ ranges/,
      ),
    ])
  })

  it('corrects an estimate by what estimates missed', async () => {
    const estimates = ['--estimate-in', '45000', '--estimate-out', '1000']

    const { stdout } = await runCli([...ASK, ...estimates, '--data-dir', directory.path])

    // The reported tasks took twice their estimated input, and half of their estimated output.
    expect(stdout).toContain('Your estimate of 45.0k input tokens is rather 90.0k: such tasks take 2.0 times')
    expect(stdout).toContain('Your estimate of 1.0k output tokens is rather 500: such tasks take 0.50 times')
  })

  it('says what a wider group left out', async () => {
    const { code, stdout } = await runCli([...ASK, '--complexity', 'critical', '--data-dir', directory.path])

    expect(code).toBe(0)
    expect(inOneLine(stdout)).toContain('Not enough data for an exact match: ignored complexity.')
    expect(stdout).toContain('confidence low')
  })

  it("prints the server's own answer with --json, and nothing else on stdout", async () => {
    const { server_url, api_key } = readLocalCredentials(directory.path)!
    const query = `task_type=implementation&model=${MODEL}&provider=anthropic&complexity=medium`
    const response = await fetch(`${server_url}/v1/predictions?${query}`, {
      headers: { authorization: `Bearer ${api_key}` },
    })

    const { code, stdout, stderr } = await runCli([...ASK, '--json', '--data-dir', directory.path])

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(withoutCacheHit(JSON.parse(stdout) as PredictionResponse)).toEqual(
      withoutCacheHit((await response.json()) as PredictionResponse),
    )
  })

  it('takes its connection from the environment, too', async () => {
    const { server_url, api_key, instance_id } = readLocalCredentials(directory.path)!
    using elsewhere = temporaryDirectory()

    const { code, stdout } = await runCli([...ASK, '--data-dir', elsewhere.path], {
      MOSAIC_TELEMETRY_SERVER_URL: server_url,
      MOSAIC_TELEMETRY_API_KEY: api_key,
      MOSAIC_TELEMETRY_INSTANCE_ID: instance_id,
    })

    expect(code).toBe(0)
    expect(inOneLine(stdout)).toContain('Observed: 39 tasks of 1 instance')
  })
})

describe('predict without an answer', () => {
  it('says what to do where there is no data, then where the server is down', async () => {
    using directory = temporaryDirectory()
    const args = [...ASK, '--data-dir', directory.path]
    const serve = await startServe(directory.path)

    const noData = await runCli(args)
    const noDataJson = await runCli([...args, '--json'])
    await serve.stop()
    const down = await runCli([...args, '--json'])

    expect(noData).toMatchObject({ code: 0, stdout: '' })
    expect(noData.stderr).toMatch(/^Nothing to predict from yet: http:.*\n.*Report finished tasks first/)
    expect(JSON.parse(noDataJson.stdout)).toMatchObject({ prediction: null })
    expect(down).toMatchObject({ code: 1, stdout: '' })
    expect(down.stderr).toContain(`Is the server at ${serve.url} running?`)
    expect(down.stderr).toContain('mosaic-telemetry serve')
  })

  it.each([
    ['the key is of another server', { MOSAIC_TELEMETRY_API_KEY: 'ab'.repeat(32) }, [], 'keys create'],
    ['the address is none', {}, ['--server-url', 'here'], 'Correct --server-url'],
    ['nobody listens', {}, ['--server-url', 'http://127.0.0.1:9'], 'mosaic-telemetry serve'],
    ['the client is switched off', { MOSAIC_TELEMETRY_ENABLED: 'false' }, [], 'Unset it'],
  ])('says what to do where %s', async (_what, variables, flags, nextStep) => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path)

    const finished = await runCli([...ASK, ...flags, '--data-dir', directory.path], variables)

    expect(finished).toMatchObject({ code: 1, stdout: '' })
    const [what, next, ...more] = finished.stderr.trimEnd().split('\n')
    expect([what, next, more]).toEqual([
      expect.stringMatching(/^error: /),
      expect.stringContaining(nextStep),
      [],
    ])
    expect(serve.url).toContain('127.0.0.1')
  })

  it('says which file of credentials cannot be read', async () => {
    using directory = temporaryDirectory()
    writeFileSync(join(directory.path, 'credentials.json'), '{ torn')

    const { code, stderr } = await runCli([...ASK, '--data-dir', directory.path])

    expect(code).toBe(1)
    expect(stderr).toContain(`error: ${join(directory.path, 'credentials.json')} cannot be read`)
  })

  it('says how to name a server where none is known', async () => {
    using directory = temporaryDirectory()

    const { code, stderr } = await runCli([...ASK, '--data-dir', directory.path])

    expect(code).toBe(1)
    expect(stderr).toContain('no server is known\nStart one with `mosaic-telemetry serve`')
  })
})

/** Reports tasks of 10 000, 20 000 … input tokens, so that percentiles can be told by counting. */
async function report(dataDir: string, count: number): Promise<void> {
  const { server_url, api_key, instance_id } = readLocalCredentials(dataDir)!
  const client = new TelemetryClient({ serverUrl: server_url, apiKey: api_key, instanceId: instance_id })
  for (let n = 1; n <= count; n++) {
    client.track(
      client.eventBuilder.build({
        ...anEvent(),
        instance_id,
        task_duration_ms: n * 10_000,
        actual_input_tokens: n * 10_000,
        estimated_input_tokens: n * 5000,
        actual_output_tokens: n * 1000,
        estimated_output_tokens: n * 2000,
        actual_cost_usd_micros: n * 10_000,
      }),
    )
  }
  await client.stop()
  expect(client.stats.delivered).toBe(count)
}

/** Waits until the server has learned enough to forecast. */
async function forecastOf(dataDir: string): Promise<void> {
  const { server_url, api_key } = readLocalCredentials(dataDir)!
  const query = `task_type=implementation&model=${MODEL}&provider=anthropic&complexity=medium`
  const ask = async () => {
    const headers = { authorization: `Bearer ${api_key}` }
    const response = await fetch(`${server_url}/v1/predictions?${query}`, { headers })
    return ((await response.json()) as PredictionResponse).forecast?.calibration.n
  }
  await vi.waitFor(async () => expect(await ask()).toBeGreaterThan(0), { timeout: 15_000 })
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

function withoutCacheHit(response: PredictionResponse): object {
  return { ...response, metadata: { ...response.metadata, cache_hit: undefined } }
}
