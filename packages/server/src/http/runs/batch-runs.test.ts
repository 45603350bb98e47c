import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { aRunServer, type RunServer } from '../../testing/a-run-server.ts'
import { aRun, someRuns } from '../../testing/a-run.ts'

let server: RunServer
beforeAll(async () => {
  server = await aRunServer()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const PATH = '/api/v1/runs/batch'

async function read(eventId: string) {
  return (await server.get(`/api/v1/runs/${eventId}`)).body
}

describe('POST /api/v1/runs/batch', () => {
  it('answers 200 to an array and 201 to {runs: […]}', async () => {
    const array = await server.post(PATH, [aRun({ event_id: 'in-array' })])
    const named = await server.post(PATH, { runs: [aRun({ event_id: 'in-object' })] })

    expect(array.status).toBe(200)
    expect(named.status).toBe(201)
    expect(named.body).toEqual({ inserted: 1, duplicates: 0, errors: [], total: 1 })
    expect(array.body).toEqual(named.body)
  })

  it('counts what is new, what is known and what is wrong, and one bad run never costs the others', async () => {
    await server.post(PATH, [aRun({ event_id: 'known' })])

    const answer = await server.post(PATH, [
      aRun({ event_id: 'new' }),
      aRun({ event_id: 'known' }),
      aRun({ event_id: 'bad', status: 'asleep' as never, items_failed: -1 }),
      null,
      'text',
      aRun({ event_id: [[['deep']]] as never }),
      aRun({ event_id: 'new' }),
    ])

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      inserted: 1,
      duplicates: 2,
      errors: [
        { event_id: 'bad', index: 2, error: expect.stringMatching(/status: .*; items_failed: /) },
        { event_id: null, index: 3, error: expect.any(String) },
        { event_id: null, index: 4, error: expect.any(String) },
        { event_id: null, index: 5, error: expect.stringContaining('event_id') },
      ],
      total: 7,
    })
    expect((await read('new')).run_id).toBe(aRun().run_id)
  })

  it('takes no run at all', async () => {
    const answer = await server.post(PATH, [])

    expect(answer.body).toEqual({ inserted: 0, duplicates: 0, errors: [], total: 0 })
  })

  it('takes 1000 runs, and refuses 1001 whole', async () => {
    const runs = someRuns(1001, (index) => ({ event_id: `many-${index}` }))

    const tooMany = await server.post(PATH, runs)
    const many = await server.post(PATH, runs.slice(1))

    expect(tooMany).toMatchObject({ status: 422, body: { error: { details: [{ path: 'runs' }] } } })
    expect(many.body).toMatchObject({ inserted: 1000, total: 1000 })
    expect((await server.get('/api/v1/runs/many-0')).status).toBe(404)
  })

  it.each(['{}', '{"runs": null}', '{"runs": {}}', 'null', '7'])(
    'answers 422 to the body %s',
    async (body) => {
      expect((await server.post(PATH, body)).status).toBe(422)
    },
  )
})

describe('a run of which the batch brings more than one write', () => {
  it('is completed by its end', async () => {
    const start = aRun({ event_id: 'a', host: 'build-7', metrics_json: { started: 1 } })
    const end = {
      ...start,
      host: null,
      status: 'success',
      end_time: '2026-11-21T12:05:00Z',
      duration_ms: 300_000,
    }

    const answer = await server.post(PATH, [start, end])

    expect(answer.body).toMatchObject({ inserted: 1, duplicates: 1 })
    expect(await read('a')).toMatchObject({ status: 'success', duration_ms: 300_000, host: 'build-7' })
  })

  it('keeps its end when the start comes late, and takes from the start what it lacks', async () => {
    const start = aRun({ event_id: 'b', host: 'build-7', items_discovered: 9, items_failed: 1 })
    const end = aRun({ event_id: 'b', status: 'failure', end_time: '2026-11-21T12:05:00Z', items_failed: 4 })

    await server.post(PATH, [end])
    await server.post(PATH, [start])

    expect(await read('b')).toMatchObject({
      status: 'failure',
      end_time: '2026-11-21T12:05:00Z',
      host: 'build-7',
      items_discovered: 9,
      items_failed: 4,
    })
  })

  it('keeps what it was created with', async () => {
    const first = aRun({ event_id: 'c', agent_name: 'first', created_at: '2026-11-21T11:00:00Z' })
    const second = aRun({
      event_id: 'c',
      agent_name: 'second',
      run_id: 'other',
      start_time: '2020-01-01T00:00:00Z',
      created_at: '2020-01-01T00:00:00Z',
      status: 'success',
    })

    await server.post(PATH, [first, second])

    expect(await read('c')).toMatchObject({ ...first, status: 'success' })
  })

  it('keeps the commit that was associated after its end', async () => {
    const start = aRun({ event_id: 'd' })
    const end = { ...start, status: 'success', git_commit_hash: null }
    await server.post(PATH, [start, end])
    await server.post('/api/v1/runs/d/associate-commit', { commit_hash: 'abcdef1', commit_source: 'llm' })

    await server.post(PATH, [start, end])

    expect(await read('d')).toMatchObject({ git_commit_hash: 'abcdef1', git_commit_source: 'llm' })
  })
})
