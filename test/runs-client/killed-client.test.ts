import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { readJournal } from '../../packages/client/src/testing/a-run-client.ts'
import { aServer, type ReachableServer } from './a-server.ts'
import { startAgent } from './an-agent.ts'

let server: ReachableServer
let directory: string
let config: { serverUrl: string; bufferDir: string; ndjsonDir: string }
beforeEach(async () => {
  server = await aServer()
  directory = mkdtempSync(join(tmpdir(), 'killed-client-'))
  config = { serverUrl: server.url, bufferDir: `${directory}/buffer`, ndjsonDir: `${directory}/raw` }
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true, force: true })
})

describe('a client that is killed with SIGKILL', () => {
  it('loses nothing of a run that the server was away for: the next client delivers it, complete and once', async () => {
    await server.cut()
    const first = startAgent(config)
    const runId = await first.call('startRun', 'scanner', 'nightly')
    await first.call('logEvent', runId, 'checkpoint', { page: 1 })
    await first.call('associateCommit', runId, 'abc1234', 'llm', 'A <a@b.c>')
    await first.call('endRun', runId, 'partial', { items_succeeded: 7 })
    await first.kill()

    await server.mend()
    const second = startAgent(config)
    const report = await second.call('sync')
    await second.finish()

    expect(report).toEqual({ delivered: 4, refused: 0, waiting: 0, cause: null })
    const runs = await server.runs()
    expect(runs).toMatchObject([
      {
        run_id: runId,
        status: 'partial',
        items_succeeded: 7,
        git_commit_hash: 'abc1234',
        git_commit_author: 'A <a@b.c>',
      },
    ])
    expect(await server.timeline(runs[0]!.event_id)).toMatchObject([{ event_type: 'checkpoint' }])
    expect(readJournal(config.ndjsonDir).map((line) => line['record_type'])).toEqual([
      'run',
      'event',
      'commit',
      'run',
    ])
  })

  it('leaves a run open that it had not ended, and the next process can still name its commit', async () => {
    const first = startAgent(config)
    const runId = await first.call('startRun', 'scanner', 'nightly')
    await first.kill()

    const second = startAgent(config)
    const answer = await second.call('associateCommit', runId, 'abc1234', 'ci')
    await second.call('sync')
    await second.finish()

    expect(answer).toMatchObject({ success: true })
    expect(await server.runs()).toMatchObject([
      { run_id: runId, status: 'running', git_commit_hash: 'abc1234' },
    ])
  })
})

describe('a commit that overtakes its run', () => {
  it('arrives all the same, and the run is complete when its own process comes to send it', async () => {
    await server.cut()
    const agent = startAgent(config)
    const runId = await agent.call('startRun', 'scanner', 'nightly', 'cli', { product: 'p' })
    await agent.call('endRun', runId, 'success', { items_succeeded: 7 })
    await agent.call('sync')

    await server.mend()
    const hook = startAgent(config)
    await hook.call('associateCommit', runId, 'abc1234', 'llm')
    const report = await hook.call('sync')
    await hook.finish()
    const between = await server.runs()
    await agent.call('sync')
    await agent.finish()

    expect(report).toEqual({ delivered: 1, refused: 0, waiting: 0, cause: null })
    expect(between).toMatchObject([{ run_id: runId, git_commit_hash: 'abc1234' }])
    expect(await server.runs()).toMatchObject([
      { run_id: runId, status: 'success', product: 'p', items_succeeded: 7, git_commit_hash: 'abc1234' },
    ])
  })
})

describe('a program that ends without close()', () => {
  it('has delivered what it recorded last, and has written nothing to stdout', async () => {
    const agent = startAgent(config)
    const runId = await agent.call('startRun', 'scanner', 'nightly')
    void agent.call('endRun', runId).catch(() => {})

    const { code, stdout } = await agent.finish()

    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(await server.runs()).toMatchObject([{ run_id: runId, status: 'success' }])
  })

  it('is not held up by a server that is away', async () => {
    await server.cut()
    const agent = startAgent(config)
    const runId = await agent.call('startRun', 'scanner', 'nightly')
    await agent.call('endRun', runId)

    const endedAtMs = Date.now()
    await agent.finish()

    expect(Date.now() - endedAtMs).toBeLessThan(2_000)
  })
})
