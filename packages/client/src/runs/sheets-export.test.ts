import { describe, expect, it } from 'vitest'

import type { NewRun } from '../protocol/index.ts'
import { FakeClock, settled } from '../testing/fake-clock.ts'
import { aRunClient } from '../testing/a-run-client.ts'
import { startRunServerStub } from '../testing/run-server.ts'
import { resolveRunSettings } from './run-config.ts'
import { sheetsExport } from './sheets-export.ts'

const TOKEN = 'a-secret-token'

/** An export to a spreadsheet that answers with these statuses, then with the last one; `-1` cuts the connection. */
function anExport(...statuses: number[]) {
  const clock = new FakeClock()
  const bodies: unknown[] = []
  const said: string[] = []
  const send = sheetsExport({
    config: { url: 'https://sheets.example/script', token: TOKEN },
    clock,
    debug: (message) => said.push(message),
    fetch: async (_, init) => {
      bodies.push(JSON.parse(String(init.body)))
      const status = statuses[Math.min(bodies.length, statuses.length) - 1]!
      if (status === -1) throw new Error(`no answer, ${TOKEN}`)
      return new Response('{}', { status })
    },
  })
  return { bodies, clock, said, send }
}

const run: NewRun = {
  event_id: 'e',
  run_id: 'r',
  agent_name: 'scanner',
  job_type: 'nightly',
  start_time: '2026-01-01T00:00:00Z',
  status: 'success',
  product: null,
  metrics_json: { pages: 3 },
}

function resolve(env: Readonly<Record<string, string>>) {
  return resolveRunSettings({}, (name) => env[name])
}

describe('the Google Sheets export', () => {
  it('posts one flat row without nulls', async () => {
    const { bodies, send } = anExport(200)

    send(run)
    await settled()

    const { metrics_json: _, product: __, ...rest } = run
    expect(bodies).toEqual([{ ...rest, metrics_json: '{"pages":3}' }])
  })

  it.each([[500], [-1]])('tries again after 1, 2 and 4 seconds on %d, then gives up', async (status) => {
    const { bodies, clock, send } = anExport(status)
    const sentAfterMs: number[] = []

    send(run)
    for (let second = 0; second < 10; second++) {
      await clock.advance(second === 0 ? 0 : 1_000)
      sentAfterMs.push(bodies.length)
    }

    expect(sentAfterMs).toEqual([1, 2, 2, 3, 3, 3, 3, 4, 4, 4])
  })

  it('gives up at once on a 4xx, and after a success', async () => {
    for (const status of [400, 404, 429, 200]) {
      const { bodies, clock, send } = anExport(status)
      send(run)
      await clock.advance(20_000)
      expect(bodies).toHaveLength(1)
    }
  })

  it('tells only the debug log, and never the token', async () => {
    const { clock, said, send } = anExport(-1, 503)

    send(run)
    await clock.advance(20_000)

    expect(said[0]).toBe('Google Sheets export failed: no answer')
    expect(said[1]).toBe('Google Sheets export failed: HTTP 503')
    expect(said.join()).not.toContain(TOKEN)
  })

  it('is off unless it is switched on and has an address', () => {
    const url = 'https://sheets.example/script'

    expect(resolve({ GOOGLE_SHEETS_API_URL: url }).settings.sheets).toBeUndefined()
    expect(resolve({ GOOGLE_SHEETS_API_ENABLED: 'true' }).problems).toHaveLength(1)
    expect(
      resolve({ METRICS_API_ENABLED: 'true', METRICS_API_URL: url, METRICS_API_TOKEN: 't' }).settings.sheets,
    ).toEqual({
      url,
      token: 't',
    })
  })

  it('is asked for each run that ends, and for none before', async () => {
    await using sheets = await startRunServerStub()
    const env = {
      GOOGLE_SHEETS_API_ENABLED: 'true',
      GOOGLE_SHEETS_API_URL: `${sheets.url}/row`,
      METRICS_API_TOKEN: TOKEN,
    }
    Object.assign(process.env, env)
    await using observed = aRunClient()
    for (const name of Object.keys(env)) delete process.env[name]

    const runId = observed.client.startRun('scanner', 'nightly')
    observed.client.endRun(runId)

    await expect.poll(() => sheets.requests.length).toBe(1)
    expect(sheets.requests[0]).toMatchObject({
      path: '/row',
      authorization: `Bearer ${TOKEN}`,
      body: { run_id: runId },
    })
  })
})
