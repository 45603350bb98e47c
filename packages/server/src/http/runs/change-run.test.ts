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

let created = 0

/** The path of a run that was created just now. */
async function aRunOf(fields: Record<string, unknown> = {}): Promise<string> {
  const eventId = `run-${created++}`
  await server.post('/api/v1/runs', aRun({ event_id: eventId, ...fields }))
  return `/api/v1/runs/${eventId}`
}

describe('PATCH /api/v1/runs/{event_id}', () => {
  it('changes what it names and leaves the rest', async () => {
    const path = await aRunOf({ host: 'build-7', items_failed: 3 })

    const answer = await server.patch(path, { status: 'completed', items_succeeded: 5, host: null })

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      event_id: path.split('/').at(-1),
      updated: true,
      fields_updated: ['status', 'items_succeeded'],
    })
    expect((await server.get(path)).body).toMatchObject({
      status: 'success',
      items_succeeded: 5,
      items_failed: 3,
      host: 'build-7',
    })
  })

  it('sets a count back to 0 and a flag to false', async () => {
    const path = await aRunOf({ items_failed: 3, api_posted: true })

    await server.patch(path, { items_failed: 0, api_posted: false })

    expect((await server.get(path)).body).toMatchObject({ items_failed: 0, api_posted: false })
  })

  it('moves updated_at', async () => {
    const path = await aRunOf()
    server.clock.nowMs += 60_000

    await server.patch(path, { host: 'build-8' })

    expect((await server.get(path)).body.updated_at).toBe(new Date(server.clock.nowMs).toISOString())
  })

  it('passes over what cannot change', async () => {
    const path = await aRunOf()

    const answer = await server.patch(path, { run_id: 'a/b', agent_name: 'other', start_time: 7, host: 'h' })

    expect(answer.body.fields_updated).toEqual(['host'])
    expect((await server.get(path)).body).toMatchObject({ agent_name: 'scanner', run_id: aRun().run_id })
  })

  it.each([
    [{}],
    [{ status: null, host: null }],
    [{ event_id: 'x', created_at: '2026-01-01T00:00:00Z' }],
    [{ shoe_size: 44 }],
  ])('answers 400 to %j, which changes nothing', async (changes) => {
    const path = await aRunOf()

    const answer = await server.patch(path, changes)

    expect(answer.status).toBe(400)
    expect(answer.body.detail).toEqual(expect.any(String))
  })

  it.each([
    ['status', 'asleep'],
    ['duration_ms', -1],
    ['end_time', '2026-11-21'],
    ['git_commit_source', 'human'],
  ])('answers 422 that names %s when it is %s', async (field, value) => {
    const path = await aRunOf()

    const answer = await server.patch(path, { [field]: value })

    expect(answer).toMatchObject({ status: 422, body: { error: { details: [{ path: field }] } } })
  })

  it('answers 404 for a run that is not there', async () => {
    expect((await server.patch('/api/v1/runs/nobody', { host: 'h' })).status).toBe(404)
  })
})

describe('POST /api/v1/runs/{event_id}/associate-commit', () => {
  it('names the commit of a run that has ended', async () => {
    const path = await aRunOf({ status: 'success', git_repo: 'git@gitlab.com:group/sub/repo.git' })
    const commit = {
      commit_hash: '0123abcdef',
      commit_source: 'llm',
      commit_author: 'Ada <ada@example.org>',
      commit_timestamp: '2026-11-21T12:00:00+00:00',
    }

    const answer = await server.post(`${path}/associate-commit`, commit)

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      status: 'success',
      event_id: path.split('/').at(-1),
      run_id: aRun().run_id,
      commit_hash: '0123abcdef',
    })
    expect((await server.get(path)).body).toMatchObject({
      status: 'success',
      git_commit_hash: commit.commit_hash,
      git_commit_source: commit.commit_source,
      git_commit_author: commit.commit_author,
      git_commit_timestamp: commit.commit_timestamp,
    })
    expect((await server.get(`${path}/commit-url`)).body).toEqual({
      commit_url: 'https://gitlab.com/group/sub/repo/-/commit/0123abcdef',
    })
    expect((await server.get(`${path}/repo-url`)).body).toEqual({
      repo_url: 'https://gitlab.com/group/sub/repo',
    })
  })

  it('takes no author over from the commit that it replaces', async () => {
    const path = await aRunOf()
    const first = { commit_hash: 'aaaaaaa', commit_source: 'llm', commit_author: 'Ada' }
    await server.post(`${path}/associate-commit`, first)

    await server.post(`${path}/associate-commit`, { commit_hash: 'bbbbbbb', commit_source: 'ci' })

    expect((await server.get(path)).body).toMatchObject({
      git_commit_hash: 'bbbbbbb',
      git_commit_source: 'ci',
      git_commit_author: null,
    })
  })

  it('keeps the author when the same commit is named again without one', async () => {
    const path = await aRunOf()
    const commit = { commit_hash: 'aaaaaaa', commit_source: 'llm' }
    await server.post(`${path}/associate-commit`, { ...commit, commit_author: 'Ada' })

    await server.post(`${path}/associate-commit`, commit)

    expect((await server.get(path)).body.git_commit_author).toBe('Ada')
  })

  it.each([
    ['commit_hash', { commit_source: 'llm' }],
    ['commit_hash', { commit_hash: 'abc123', commit_source: 'llm' }],
    ['commit_hash', { commit_hash: 'a'.repeat(65), commit_source: 'llm' }],
    ['commit_hash', { commit_hash: 'abc-1234', commit_source: 'llm' }],
    ['commit_source', { commit_hash: 'abcdef1', commit_source: 'human' }],
    ['commit_source', { commit_hash: 'abcdef1' }],
    ['commit_timestamp', { commit_hash: 'abcdef1', commit_source: 'ci', commit_timestamp: 'now' }],
  ])('answers 422 that names %s for %.60j', async (field, commit) => {
    const path = await aRunOf()

    const answer = await server.post(`${path}/associate-commit`, commit)

    expect(answer).toMatchObject({ status: 422, body: { error: { details: [{ path: field }] } } })
  })

  it('answers 404 for a run that is not there', async () => {
    const commit = { commit_hash: 'abcdef1', commit_source: 'ci' }

    expect((await server.post('/api/v1/runs/nobody/associate-commit', commit)).status).toBe(404)
  })
})

describe('commit-url and repo-url', () => {
  it('are null where nothing is known', async () => {
    const path = await aRunOf()

    expect((await server.get(`${path}/commit-url`)).body).toEqual({ commit_url: null })
    expect((await server.get(`${path}/repo-url`)).body).toEqual({ repo_url: null })
  })

  it('are answered 404 for a run that is not there', async () => {
    expect((await server.get('/api/v1/runs/nobody/commit-url')).status).toBe(404)
    expect((await server.get('/api/v1/runs/nobody/repo-url')).status).toBe(404)
  })
})
