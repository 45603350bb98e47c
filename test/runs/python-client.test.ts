import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { describe, expect, it } from 'vitest'

import { aRunServer } from '../../packages/server/src/testing/a-run-server.ts'

const run = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('python-client.py', import.meta.url))

/** Why there is no Python here, or undefined where there is one. */
const absence = await run('python3', ['--version']).then(
  () => undefined,
  (error: NodeJS.ErrnoException) => error.code,
)

describe('a Python client of the agent-run API', () => {
  if (absence !== undefined) {
    // Nothing can be shown without Python; that it is really absent, and not merely failing, can.
    it('is not tried on this machine, which has no python3', () => {
      expect(absence).toBe('ENOENT')
    })
    return
  }

  it('creates, completes, finds and counts runs as it is used to', async () => {
    await using server = await aRunServer()
    server.clock.nowMs = Date.now() // the script's clock is the real one

    const { stdout } = await run('python3', [SCRIPT, server.url])

    const { sent, ...got } = JSON.parse(stdout)
    expect(got.created).toEqual({
      status: 201,
      body: { status: 'created', event_id: sent.event_id, run_id: sent.run_id },
    })
    expect(got.duplicate).toMatchObject({
      status: 200,
      body: { status: 'duplicate', event_id: sent.event_id },
    })
    expect(got.patched).toEqual({
      status: 200,
      body: {
        event_id: sent.event_id,
        updated: true,
        fields_updated: ['end_time', 'status', 'items_succeeded', 'duration_ms', 'metrics_json'],
      },
    })
    expect(got.committed).toMatchObject({
      status: 200,
      body: { status: 'success', event_id: sent.event_id, run_id: sent.run_id },
    })
    expect(got.read).toMatchObject({
      status: 200,
      body: {
        run_id: sent.run_id,
        status: 'success',
        schema_version: 7,
        start_time: sent.start_time,
        created_at: sent.created_at,
        duration_ms: 5000,
        items_succeeded: 10,
        metrics_json: { pages: 10 },
        git_commit_author: 'Ada <ada@example.org>',
        api_posted: false,
      },
    })
    expect(got.commit_url.body.commit_url).toBe(`https://github.com/mosaic/agents/commit/${'a'.repeat(40)}`)
    expect(got.repo_url.body.repo_url).toBe('https://github.com/mosaic/agents')

    expect(got.batch).toMatchObject({
      status: 200,
      body: { inserted: 3, duplicates: 0, errors: [{ event_id: 'incomplete', index: 3 }], total: 4 },
    })
    expect(got.batch_again).toMatchObject({ status: 201, body: { inserted: 0, duplicates: 3, errors: [] } })
    expect(got.by_parent.body).toMatchObject([{ status: 'failure' }, { status: 'failure' }])
    expect(got.by_agent.body).toHaveLength(4)
    expect(got.too_early.body).toEqual([])
    expect([got.bad_status.status, got.bad_limit.status]).toEqual([400, 422])
    expect([got.unknown.status, got.refused.status]).toEqual([404, 422])
    expect(got.refused.body.detail[0].loc).toEqual(['body', 'run_id'])

    expect(got.metadata.body).toMatchObject({
      agent_names: ['hugo-translator'],
      job_types: ['chapter', 'translate'],
      cache_hit: false,
    })
    expect(got.metrics.body).toMatchObject({ total_runs: 4, agents: { 'hugo-translator': 4 }, recent_24h: 4 })
    expect(got.health.body).toMatchObject({ status: 'ok', journal_mode: 'wal', synchronous: 'FULL' })
  })
})
