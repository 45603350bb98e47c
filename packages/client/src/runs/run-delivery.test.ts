import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { aRunClient } from '../testing/a-run-client.ts'
import { startRunServerStub } from '../testing/run-server.ts'

describe('the delivery of runs', () => {
  it('sends neighbours together and keeps the order', async () => {
    await using server = await startRunServerStub()
    await using run = aRunClient({ serverUrl: server.url })

    const a = run.client.startRun('a', 'job')
    const b = run.client.startRun('b', 'job')
    for (const page of [1, 2]) run.client.logEvent(a, 'page', page)
    run.client.logEvent(b, 'page', 3)
    run.client.associateCommit(a, 'abc1234', 'llm')
    run.client.endRun(a)
    run.client.endRun(b)
    await run.client.sync()

    const seen = server.requests.map(({ body, path }) => [
      path.split('/').at(-1),
      (body.events ?? body).length,
    ])
    expect(seen).toEqual([
      ['batch', 2],
      ['events', 2],
      ['events', 1],
      ['associate-commit', undefined],
      ['batch', 2],
    ])
  })

  it('sends nothing that comes after a request that failed', async () => {
    await using server = await startRunServerStub()
    await using run = aRunClient({ serverUrl: server.url })
    server.answer = ({ path }) => (path.endsWith('/associate-commit') ? { status: 401 } : undefined)

    const runId = run.client.startRun('a', 'job')
    run.client.associateCommit(runId, 'abc1234', 'llm')
    run.client.endRun(runId)
    const report = await run.client.sync()

    expect(report).toMatchObject({ delivered: 1, waiting: 2, cause: expect.stringContaining('HTTP 401') })
    expect(server.requests.map(({ body }) => body[0]?.status)).toEqual(['running', undefined])
  })

  it('has one request under way at a time, however much waits', async () => {
    await using server = await startRunServerStub()
    await using run = aRunClient({ serverUrl: server.url, fetch: watched })
    let underWay = 0
    let most = 0
    async function watched(...args: Parameters<typeof fetch>): Promise<Response> {
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setTimeout(resolve, 5))
      return fetch(...args).finally(() => underWay--)
    }

    for (let n = 0; n < 350; n++) run.client.startRun(`agent-${n}`, 'job')
    await run.client.sync()

    const sent = server.requests.flatMap(({ body }) => body as { agent_name: string }[])
    expect(sent.map(({ agent_name }) => agent_name)).toEqual(
      Array.from({ length: 350 }, (_, n) => `agent-${n}`),
    )
    expect([most, server.requests.length]).toEqual([1, 4])
  })

  it('makes a run known where its commit comes first, as an early record without a status', async () => {
    await using server = await startRunServerStub()
    await using run = aRunClient({ serverUrl: server.url })
    const runId = run.client.startRun('a', 'job')
    await run.client.sync()
    let isKnown = false
    server.answer = ({ path }) => {
      if (path.endsWith('/batch')) isKnown = true
      return isKnown ? undefined : { status: 404 }
    }

    run.client.associateCommit(runId, 'abc1234', 'llm')
    const report = await run.client.sync()

    expect(report).toMatchObject({ delivered: 1, refused: 0, waiting: 0 })
    const [, , introduction] = server.requests
    expect(introduction?.body).toEqual([
      expect.objectContaining({
        run_id: runId,
        agent_name: 'a',
        job_type: 'job',
        start_time: expect.any(String),
      }),
    ])
    expect(introduction?.body[0]).not.toHaveProperty('status')
  })

  it('keeps as dead letters what a server without timelines does not take, and goes on', async () => {
    await using server = await startRunServerStub()
    await using run = aRunClient({ serverUrl: server.url })
    server.answer = ({ path }) => (path.endsWith('/events') ? { status: 404 } : undefined)

    const runId = run.client.startRun('a', 'job')
    run.client.logEvent(runId, 'checkpoint', { page: 1 })
    run.client.endRun(runId)
    const report = await run.client.sync()

    const deadLetter = readFileSync(`${run.directory}/buffer/dead-letter.ndjson`, 'utf8')
    expect(report).toEqual({ delivered: 2, refused: 1, waiting: 0, cause: null })
    expect(JSON.parse(deadLetter)).toMatchObject({
      reason: 'HTTP 404: the server does not know the run',
      record: { kind: 'timeline', event: { payload: { page: 1 } } },
    })
    expect(run.said[0]).toContain(`the event of run ${runId} was refused and is kept in dead-letter.ndjson`)
  })

  it('refuses the one run that the server names, by its index', async () => {
    await using server = await startRunServerStub()
    await using run = aRunClient({ serverUrl: server.url })
    server.answer = ({ body }) => ({
      status: 200,
      body: {
        inserted: 1,
        duplicates: 0,
        errors: [{ event_id: null, index: 1, error: 'no' }],
        total: body.length,
      },
    })

    run.client.startRun('a', 'job')
    run.client.startRun('b', 'job')

    expect(await run.client.sync()).toEqual({ delivered: 1, refused: 1, waiting: 0, cause: null })
  })

  it('sends the token where there is one, and no header where there is none', async () => {
    await using server = await startRunServerStub()
    await using withToken = aRunClient({ serverUrl: server.url, apiKey: 'secret' })
    await using without = aRunClient({ serverUrl: server.url })

    for (const { client } of [withToken, without]) {
      client.startRun('a', 'job')
      await client.sync()
    }

    expect(server.requests.map(({ authorization }) => authorization)).toEqual(['Bearer secret', undefined])
  })

  it('sends soon after the first write, without being asked', async () => {
    await using server = await startRunServerStub()
    await using run = aRunClient({ serverUrl: server.url })

    run.client.startRun('a', 'job')

    await expect.poll(() => server.requests.length, { timeout: 1_000 }).toBe(1)
  })
})
