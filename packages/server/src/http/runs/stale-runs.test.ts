import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { aRunServer, type RunServer } from '../../testing/a-run-server.ts'
import { aRun } from '../../testing/a-run.ts'

/** The server looks as often as this in real time; its clock, which decides, only moves when a test says so. */
const STALE_AFTER_MS = 50

let server: RunServer
beforeEach(async () => {
  server = await aRunServer({ staleAfterMs: STALE_AFTER_MS })
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
})

const PATH = '/api/v1/runs/silent'

async function aPresumedRun(fields: Record<string, unknown> = {}): Promise<void> {
  await server.post('/api/v1/runs', aRun({ event_id: 'silent', ...fields }))
  server.clock.nowMs += STALE_AFTER_MS + 1
  await vi.waitFor(async () => expect((await server.get(PATH)).body.status).toBe('timeout'))
}

describe('a run that falls silent', () => {
  it('is set to timeout, with an end and an error that says why', async () => {
    await aPresumedRun()

    const { body } = await server.get(PATH)

    expect(body.end_time).toBe(new Date(server.clock.nowMs).toISOString())
    expect(body.error_summary).toContain('presumed')
    expect((await server.get('/api/v1/runs?status=timeout')).body).toHaveLength(1)
  })

  it('keeps the error that it had reported before', async () => {
    await aPresumedRun({ error_summary: 'two pages failed' })

    const { body } = await server.get(PATH)

    expect(body.error_summary).toMatch(/presumed.*; two pages failed$/)
  })

  it('is left alone while it has spoken of late, by its timeline too', async () => {
    await server.post('/api/v1/runs', aRun({ event_id: 'silent' }))
    await server.post('/api/v1/runs', aRun({ event_id: 'talking' }))
    server.clock.nowMs += STALE_AFTER_MS
    await server.post('/api/v1/runs/talking/events', [
      { event_type: 'here', timestamp: '2026-11-21T12:00:00Z' },
    ])
    server.clock.nowMs += 1

    await vi.waitFor(async () => expect((await server.get(PATH)).body.status).toBe('timeout'))

    expect((await server.get('/api/v1/runs/talking')).body.status).toBe('running')
  })

  it('that has ended is left alone', async () => {
    await server.post('/api/v1/runs', aRun({ event_id: 'ended', status: 'success' }))

    await aPresumedRun()

    expect((await server.get('/api/v1/runs/ended')).body.status).toBe('success')
  })
})

describe('a late word of a run that was presumed dead', () => {
  const end = { status: 'success', end_time: '2026-11-21T12:30:00Z', duration_ms: 1_800_000 } as const

  it('replaces the presumption whole when it is an end in a batch', async () => {
    await aPresumedRun({ error_summary: 'two pages failed' })

    await server.post('/api/v1/runs/batch', [aRun({ event_id: 'silent', ...end })])

    expect((await server.get(PATH)).body).toMatchObject({ ...end, error_summary: 'two pages failed' })
  })

  it('replaces the presumption whole when it is a PATCH', async () => {
    await aPresumedRun()

    await server.patch(PATH, { status: 'failed', error_summary: 'killed' })

    expect((await server.get(PATH)).body).toMatchObject({
      status: 'failure',
      error_summary: 'killed',
      end_time: null,
    })
  })

  it('makes it run again when it says that it runs', async () => {
    await aPresumedRun()

    await server.patch(PATH, { status: 'running' })

    expect((await server.get(PATH)).body).toMatchObject({
      status: 'running',
      end_time: null,
      error_summary: null,
    })
  })

  it('changes nothing of the presumption when it is its start once more', async () => {
    await aPresumedRun()

    await server.post('/api/v1/runs/batch', [aRun({ event_id: 'silent', host: 'build-7' })])

    expect((await server.get(PATH)).body).toMatchObject({
      status: 'timeout',
      error_summary: expect.stringContaining('presumed'),
      host: 'build-7',
    })
  })
})

describe('without a time after which a run is stale', () => {
  it('a run stays running for ever', async () => {
    await using patient = await aRunServer({ staleAfterMs: 0 })
    await patient.post('/api/v1/runs', aRun({ event_id: 'silent' }))
    patient.clock.nowMs += 10 * 365 * 86_400_000
    await aPresumedRun() // by then the other server has looked at its runs

    expect((await patient.get(PATH)).body.status).toBe('running')
  })
})
