import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { aRunServer, type RunServer } from '../../testing/a-run-server.ts'
import { aRun, someRuns } from '../../testing/a-run.ts'

let server: RunServer
beforeEach(async () => {
  server = await aRunServer()
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
})

function createRun(round: number) {
  return server.post('/api/v1/runs', aRun({ event_id: `r${round}`, agent_name: `a${round}` }))
}

describe('GET /api/v1/metadata', () => {
  it('names agents and jobs, and says whether it had to count', async () => {
    await server.post(
      '/api/v1/runs/batch',
      someRuns(6, (i) => ({ agent_name: `b${i % 2}`, job_type: `j${i % 3}` })),
    )

    const first = await server.get('/api/v1/metadata')
    const second = await server.get('/api/v1/metadata')

    expect(first.body).toEqual({
      agent_names: ['b0', 'b1'],
      job_types: ['j0', 'j1', 'j2'],
      counts: { agent_names: 2, job_types: 3, total_runs: 6 },
      cache_hit: false,
    })
    expect(second.body).toEqual({ ...first.body, cache_hit: true })
  })

  it('knows a run as soon as it was created', async () => {
    await server.get('/api/v1/metadata')
    await server.post('/api/v1/runs', aRun({ agent_name: 'newcomer' }))

    const { body } = await server.get('/api/v1/metadata')

    expect(body).toMatchObject({ agent_names: ['newcomer'], cache_hit: false })
  })

  it('counts again after ten seconds', async () => {
    await server.get('/api/v1/metadata')
    server.clock.nowMs += 10_000

    expect((await server.get('/api/v1/metadata')).body.cache_hit).toBe(false)
  })

  it('never keeps a count that was under way when a run was created', async () => {
    for (let round = 1; round <= 20; round++) {
      await Promise.all([server.get('/api/v1/metadata'), createRun(round), server.get('/api/v1/metadata')])

      expect((await server.get('/api/v1/metadata')).body.counts.total_runs).toBe(round)
    }
  })
})

describe('GET /metrics', () => {
  it('counts runs by agent, whatever the agent is called', async () => {
    const names = ['scanner', 'constructor', '__proto__', 'scanner']
    await server.post(
      '/api/v1/runs/batch',
      someRuns(4, (index) => ({ agent_name: names[index]! })),
    )

    const { body } = await server.get('/metrics')

    expect(body.total_runs).toBe(4)
    expect(Object.entries(body.agents)).toEqual(
      expect.arrayContaining([
        ['scanner', 2],
        ['constructor', 1],
        ['__proto__', 1],
      ]),
    )
    expect(body.performance).toEqual(expect.any(Object))
  })

  it('tells the last 24 hours from the rest', async () => {
    await server.post('/api/v1/runs', aRun({ event_id: 'old', created_at: '2026-11-20T11:59:59Z' }))
    await server.post('/api/v1/runs', aRun({ event_id: 'new', created_at: '2026-11-20T12:00:01Z' }))

    const { body } = await server.get('/metrics')

    expect(body).toMatchObject({ total_runs: 2, recent_24h: 1 })
  })

  it.each(['text/plain', 'application/openmetrics-text; version=1.0.0'])(
    'speaks Prometheus to a caller that accepts %s',
    async (accept) => {
      await server.post('/api/v1/runs', aRun())

      const { body, headers } = await server.get('/metrics', { accept })

      expect(headers.get('content-type')).toContain('text/plain')
      expect(body).toMatch(
        /^mosaic_http_request_duration_seconds_count\{route="\/api\/v1\/runs",status="201"\} 1$/m,
      )
    },
  )
})

describe('GET /health', () => {
  it('says what the Python service says, and true values', async () => {
    const { status, body } = await server.get('/health')

    expect(status).toBe(200)
    expect(body).toMatchObject({
      status: 'ok',
      version: expect.any(String),
      db_path: expect.stringContaining('telemetry.db'),
      journal_mode: 'wal',
      synchronous: 'FULL',
    })
  })
})
