import { afterAll, beforeAll, expect, it, vi } from 'vitest'

import { asAdmin, aServer, type TestServer } from '../../testing/a-server.ts'
import { anEvent } from '../../testing/an-event.ts'
import { instance } from '../../testing/an-observation.ts'

const HOSTILE = '=cmd|"/c calc"!A1'
const LONG = `<script>alert(1)</script> \u202E ${'x'.repeat(70)}`

// Each test reads what the others read; none changes it.
let server: TestServer
beforeAll(async () => {
  server = await aServer()
  await server.post('/v1/events/batch', {
    events: [
      anEvent({ model: HOSTILE, actual_cost_usd_micros: 9 }),
      anEvent({ model: LONG, harness: 'aider', actual_cost_usd_micros: 5 }),
      anEvent({ outcome: 'failure', quality_gates_failed: ['test'], quality_gate_passed: false }),
      { ...anEvent(), task_type: 'nonsense' },
    ],
  })
  await vi.waitFor(async () => expect((await ask('health')).body.freshness.pending_events).toBe(0), 10_000)
})
afterAll(() => server[Symbol.asyncDispose]())

const ask = (path: string, headers = {}) => server.get(`/v1/dashboard/${path}`, { ...asAdmin, ...headers })
const tasks = async (query: string) => (await ask(`spend?${query}`)).body.totals.tasks

it('answers each panel about the last thirty days', async () => {
  const [spend, worth, estimates, gates, filters] = await Promise.all(
    ['spend', 'worth', 'estimates', 'gates', 'filters'].map(async (panel) => (await ask(panel)).body),
  )

  expect(spend.range).toEqual({ from: '2026-10-23', to: '2026-11-21', bucket: 'day' })
  expect(spend.totals).toMatchObject({ tasks: 3, cost_usd_micros: 5014 })
  expect(spend.freshness).toEqual({ changed_at: '2026-11-21T12:00:00.000Z', pending_events: 0 })
  expect(worth.models).toHaveLength(3)
  expect(estimates.totals.input_tokens).toMatchObject({ tasks: 3, estimated: 2700, actual: 3000 })
  expect(gates.gates.find(({ gate }: { gate: string }) => gate === 'test')).toMatchObject({
    run: 1,
    failed: 1,
  })
  expect(filters).toMatchObject({ first_day: '2026-11-21', last_day: '2026-11-21' })
})

it('keeps answers out of every cache', async () => {
  const { headers } = await ask('spend')

  expect(headers.get('cache-control')).toBe('no-store')
})

it('names every parameter that it cannot read', async () => {
  const { status, body } = await ask('spend?from=2026-02-30&to=tomorrow&by=colour')

  expect(status).toBe(422)
  expect(body.error.details.map(({ path }: { path: string }) => path)).toEqual(['to', 'from', 'by'])
  expect((await ask('gates?from=2026-11-02&to=2026-11-01')).body.error.message).toBe(
    'from: must not be after to',
  )
  expect((await ask('worth?from=1999-01-01')).status).toBe(422)
})

it('answers with nothing where nobody sent such a thing', async () => {
  const { status, body } = await ask('spend?harness=never-heard-of&model=nor-of-this')

  expect(status).toBe(200)
  expect(body).toMatchObject({ totals: { tasks: 0, cost_usd_micros: 0 }, series: [], breakdown: [] })
  expect(body.buckets).toHaveLength(30)
})

it('allows several values of a filter', async () => {
  expect(await tasks('harness=aider')).toBe(1)
  expect(await tasks('harness=aider&harness=claude_code')).toBe(3)
})

it('gives every panel as a table for spreadsheets, in which no name is a formula', async () => {
  for (const panel of ['spend', 'worth', 'estimates', 'gates', 'health', 'runs']) {
    const { status, headers, body } = await ask(`${panel}.csv`)
    expect([panel, status]).toEqual([panel, 200])
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${panel}.csv"`)
    const lines = String(body).trimEnd().split('\r\n')
    const widths = lines.map((line) => line.replaceAll(/"(?:[^"]|"")*"/g, 'quoted').split(',').length)
    expect(new Set(widths).size).toBe(1)
  }
  const worth = String((await ask('worth.csv')).body)
  expect(worth).not.toMatch(/(^|,|\n)"?[=+@]/)
  const accepted = await ask('spend', { accept: 'text/csv' })
  expect(accepted.body).toBe((await ask('spend.csv')).body)
})

it('says who sends, what was rejected and why, and how the server is', async () => {
  const { body } = await ask('health')

  expect(body.store).toMatchObject({ engine: 'sqlite', events: 3 })
  expect(body.sources).toEqual([
    expect.objectContaining({ instance_id: instance(0), harness: 'claude_code', events_today: 2, trust: 1 }),
    expect.objectContaining({ instance_id: instance(0), harness: 'aider', events_total: 1 }),
  ])
  expect(body.rejected_events).toContainEqual({ reason: 'invalid', count: 1 })
  expect(body.turned_away).toContainEqual({ reason: 'overloaded', count: 0 })
  expect(body.process.rss_bytes).toBeGreaterThan(1e6)
  expect(JSON.stringify(body)).not.toContain(server.dataDir)
})

it('forecasts for whoever may see the dashboard, under the rules of the predictions API', async () => {
  const query = {
    task_type: 'implementation',
    model: 'claude-sonnet-4-5',
    provider: 'anthropic',
    complexity: 'medium',
  }

  const answer = await server.post('/v1/dashboard/forecast', query, asAdmin)
  const wrong = await server.post('/v1/dashboard/forecast', { ...query, complexity: 'huge' }, asAdmin)

  const { body } = await server.post('/v1/predictions/batch', { queries: [query] })
  expect(answer.body.prediction).toEqual(body.results[0].prediction)
  expect(answer.body.metadata.sample_size).toBe(3)
  expect([wrong.status, wrong.body.error.details[0].path]).toEqual([422, 'complexity'])
})

it('shows runs with their timelines', async () => {
  const run = {
    event_id: 'run-1',
    run_id: 'r',
    agent_name: 'a',
    job_type: 'j',
    start_time: '2026-11-21T11:00:00Z',
  }
  await server.post('/api/v1/runs', run)
  await server.post('/api/v1/runs/run-1/events', [{ event_type: 'step', timestamp: '2026-11-21T11:01:00Z' }])

  const list = await ask('runs?limit=1')
  const one = await ask('runs/run-1')
  const timeline = await ask('runs/run-1/events')

  expect(list.body).toEqual([one.body])
  expect(list.headers.get('link')).toMatch(/^<\/v1\/dashboard\/runs\?limit=1&cursor=.+>; rel="next"$/)
  expect(one.body).toMatchObject({ event_id: 'run-1', status: 'running' })
  expect(timeline.body).toMatchObject([{ event_type: 'step' }])
  expect((await ask('runs/none')).status).toBe(404)
  expect((await ask('runs/none/events')).status).toBe(404)
  expect((await ask('runs?limit=0')).status).toBe(422)
})
