import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { aRunServer, type RunServer } from '../../testing/a-run-server.ts'
import { aRun } from '../../testing/a-run.ts'

let server: RunServer
beforeAll(async () => {
  server = await aRunServer()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const PATH = '/api/v1/runs'

/** Creates a run and reads it back. */
async function createAndRead(fields: Record<string, unknown>) {
  const run = aRun(fields)
  const created = await server.post(PATH, run)
  expect(created).toMatchObject({ status: 201 })
  return (await server.get(`${PATH}/${encodeURIComponent(run.event_id)}`)).body
}

describe('POST /api/v1/runs', () => {
  it('answers 201 with both ids', async () => {
    const answer = await server.post(PATH, aRun({ event_id: 'both-ids', run_id: 'run-1' }))

    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({ status: 'created', event_id: 'both-ids', run_id: 'run-1' })
  })

  it('answers 200 to a known event_id and changes nothing', async () => {
    await server.post(PATH, aRun({ event_id: 'twice', status: 'running', host: 'first' }))

    const again = await server.post(PATH, aRun({ event_id: 'twice', status: 'success', host: 'second' }))

    expect(again.status).toBe(200)
    expect(again.body).toEqual({ status: 'duplicate', event_id: 'twice', message: expect.any(String) })
    expect((await server.get(`${PATH}/twice`)).body).toMatchObject({ status: 'running', host: 'first' })
  })

  it('creates a run once that is sent many times at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => server.post(PATH, aRun({ event_id: 'at-once' }))),
    )

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19)
  })

  it('adds what the client leaves out', async () => {
    const read = await createAndRead({ event_id: 'defaults' })

    expect(read).toMatchObject({
      id: expect.any(Number),
      schema_version: 7,
      status: 'running',
      created_at: '2026-11-21T12:00:00.000Z',
      updated_at: '2026-11-21T12:00:00.000Z',
      start_time: '2026-11-21T12:00:00+00:00',
      items_discovered: 0,
      duration_ms: 0,
      api_posted: false,
      api_retry_count: 0,
      end_time: null,
      trigger_type: null,
      metrics_json: null,
      commit_url: null,
      repo_url: null,
    })
  })

  it('gives every field back as it was sent', async () => {
    const fields = {
      event_id: 'every-field',
      created_at: '2026-11-21T11:59:59.123456+02:00',
      end_time: '2026-11-21T12:30:00Z',
      status: 'partial',
      trigger_type: 'cron-job of our own',
      agent_owner: 'Ada',
      host: 'build-7',
      environment: 'prod',
      product: 'p',
      product_family: 'pf',
      platform: 'linux',
      subdomain: 's',
      website: 'example.org',
      website_section: 'docs',
      item_name: 'näme ✓ 😀',
      items_discovered: 10,
      items_succeeded: 7,
      items_failed: 2,
      items_skipped: 1,
      duration_ms: Number.MAX_SAFE_INTEGER,
      input_summary: 'in',
      output_summary: 'out',
      source_ref: 'a',
      target_ref: 'b',
      error_summary: 'two failed',
      error_details: 'x'.repeat(100_000),
      git_repo: 'https://github.com/mosaic/agents.git',
      git_branch: 'main',
      git_run_tag: 'v1',
      git_commit_hash: '0123abcdef',
      git_commit_source: 'llm',
      git_commit_author: 'Ada <ada@example.org>',
      git_commit_timestamp: '2026-11-21T12:29:00+00:00',
      metrics_json: { pages: [1, 2, null], nested: { ok: true } },
      context_json: [1, 'two'],
      insight_id: 'i',
      parent_run_id: 'parent',
      api_posted: true,
      api_posted_at: '2026-11-21T12:31:00Z',
      api_retry_count: 3,
    }

    const read = await createAndRead(fields)

    expect(read).toMatchObject(fields)
    expect(read.commit_url).toBe('https://github.com/mosaic/agents/commit/0123abcdef')
    expect(read.repo_url).toBe('https://github.com/mosaic/agents')
  })

  it('reads null as absent, and 0 and 1 as flags', async () => {
    const nulls = { items_failed: null, status: null, created_at: null, metrics_json: null, api_posted: 1 }

    const read = await createAndRead({ event_id: 'nulls', ...nulls })

    expect(read).toMatchObject({ items_failed: 0, status: 'running', metrics_json: null, api_posted: true })
  })

  it('ignores fields it does not know and never stores them', async () => {
    const unknown = { record_type: 'run', schema_version: 6, updated_at: 'never', id: 99, shoe_size: 44 }

    const read = await createAndRead({ event_id: 'unknown-fields', ...unknown })

    expect(read).toMatchObject({ schema_version: 7, updated_at: '2026-11-21T12:00:00.000Z' })
    expect(read).not.toHaveProperty('record_type')
    expect(read).not.toHaveProperty('shoe_size')
  })

  it.each([
    ['failed', 'failure'],
    ['completed', 'success'],
    ['succeeded', 'success'],
    ['cancelled', 'cancelled'],
  ])('reads the status %s as %s', async (written, stored) => {
    const read = await createAndRead({ event_id: `status-${written}`, status: written })

    expect(read.status).toBe(stored)
  })
})

describe('metrics_json and context_json', () => {
  it('read a string that holds JSON as that JSON', async () => {
    const read = await createAndRead({
      event_id: 'json-text',
      metrics_json: '{"pages": 3}',
      context_json: '[1]',
    })

    expect(read).toMatchObject({ metrics_json: { pages: 3 }, context_json: [1] })
  })

  it('give back a string that holds no JSON as it is, and say why', async () => {
    const read = await createAndRead({ event_id: 'no-json', metrics_json: '{pages: 3', context_json: '{}' })

    expect(read.metrics_json).toBe('{pages: 3')
    expect(read.metrics_json_parse_error).toEqual(expect.any(String))
    expect(read.context_json).toEqual({})
    expect(read).not.toHaveProperty('context_json_parse_error')
  })

  it('are refused where they are nested so deep that nobody could write them out again', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    const body = JSON.stringify(aRun({ event_id: 'deep' })).replace(/}$/, `,"metrics_json":${deep}}`)

    const answer = await server.post(PATH, body)

    expect(answer.status).toBe(422)
    expect(answer.body.error.details[0].path).toBe('metrics_json')
  })

  it('leave the list readable when a string holds JSON nested too deep', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`

    const read = await createAndRead({ event_id: 'deep-text', metrics_json: deep })

    expect(read.metrics_json).toBe(deep)
    expect(read.metrics_json_parse_error).toContain('nested')
    expect((await server.get(PATH)).status).toBe(200)
  })
})

describe('a run that cannot be created', () => {
  it.each([
    ['event_id', undefined],
    ['event_id', null],
    ['event_id', ''],
    ['event_id', 7],
    ['event_id', 'e'.repeat(256)],
    ['run_id', undefined],
    ['run_id', 'a/b'],
    ['run_id', 'a\\b'],
    ['run_id', 'a\0b'],
    ['run_id', 'r'.repeat(256)],
    ['agent_name', undefined],
    ['job_type', null],
    ['start_time', undefined],
    ['start_time', '2026-11-21T12:00:00'],
    ['start_time', 'yesterday'],
    ['created_at', 'now'],
    ['end_time', 1_795_000_000],
    ['status', 'sleeping'],
    ['status', 'constructor'],
    ['items_failed', -1],
    ['items_failed', 1.5],
    ['duration_ms', '7'],
    ['api_posted', 'yes'],
    ['host', 7],
    ['git_commit_source', 'human'],
    ['metrics_json', 'NUL \0'],
  ])('is answered 422 that names %s when it is %.30j', async (field, value) => {
    const answer = await server.post(PATH, aRun({ event_id: 'bad', [field]: value }))

    expect(answer.status).toBe(422)
    expect(answer.body.error).toMatchObject({ code: 'invalid_request', details: [{ path: field }] })
    expect(answer.body.detail).toEqual([
      { loc: ['body', field], msg: expect.any(String), type: expect.any(String) },
    ])
  })

  it.each([
    ['[]', 422],
    ['"run"', 422],
    ['null', 422],
    ['{"event_id":', 400],
    ['', 400],
  ])('is answered to the body %s with %i', async (body, status) => {
    expect((await server.post(PATH, body)).status).toBe(status)
  })
})

describe('an event_id', () => {
  it.each(['a/b', 'ü ✓ 😀', '%2F', 'a?b#c', 'batch', '😀'.repeat(255), '__proto__', ' '])(
    'of the characters %.20s finds its run again',
    async (eventId) => {
      const read = await createAndRead({ event_id: eventId })

      expect(read.event_id).toBe(eventId)
    },
  )

  it('that no run has is answered 404', async () => {
    const answer = await server.get(`${PATH}/nobody`)

    expect(answer.status).toBe(404)
    expect(answer.body).toMatchObject({ error: { code: 'not_found' }, detail: expect.any(String) })
  })

  it('that is no URL text is answered 400 in the shape of every error', async () => {
    const answer = await server.get(`${PATH}/%E0%A4%A`)

    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ error: { code: 'bad_request' }, detail: expect.any(String) })
  })
})
