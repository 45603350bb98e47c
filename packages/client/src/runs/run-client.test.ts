import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'

import { aRunClient } from '../testing/a-run-client.ts'
import { startRunServerStub } from '../testing/run-server.ts'
import { RunClient } from './run-client.ts'

const RUN_ID = /^\d{8}T\d{6}Z-scanner-[0-9a-f]{8}$/

describe('startRun', () => {
  it('returns an id of time, agent and eight digits, and keeps the run in the registry', async () => {
    await using run = aRunClient()

    const runId = run.client.startRun('scanner', 'nightly')

    expect(runId).toMatch(RUN_ID)
    expect([...run.client.activeRuns]).toEqual([
      [runId, expect.objectContaining({ run_id: runId, status: 'running', trigger_type: 'cli' })],
    ])
  })

  it('makes an id of an agent name that would be a path', async () => {
    await using run = aRunClient()

    const runId = run.client.startRun('a/b\\c\n', 'nightly')

    expect(runId).toMatch(/Z-a_b_c_-[0-9a-f]{8}$/)
    expect(run.client.activeRuns.get(runId)).toMatchObject({ agent_name: 'a/b\\c\n' })
  })

  it("takes the caller's id, and makes one where that cannot be stored", async () => {
    await using run = aRunClient()

    const own = run.client.startRun('scanner', 'nightly', 'mcp', { run_id: 'my-run' })
    const made = run.client.startRun('scanner', 'nightly', 'mcp', { run_id: '../etc' })
    const reserved = run.client.startRun('scanner', 'nightly', 'mcp', { run_id: 'error-1' })

    expect(own).toBe('my-run')
    expect([made, reserved]).toEqual([expect.stringMatching(RUN_ID), expect.stringMatching(RUN_ID)])
    expect(run.said[0]).toBe(`warn: startRun: run_id must not contain / or \\; the run goes by ${made}`)
  })

  it('answers with an error id where there is no agent or job, and every method accepts it', async () => {
    await using run = aRunClient()

    const noAgent = run.client.startRun('', 'nightly')
    const noJob = run.client.startRun('scanner', null as never)
    const saidBefore = run.said.length
    run.client.logEvent(noJob, 'checkpoint')
    run.client.endRun(noJob)
    const answer = run.client.associateCommit(noJob, 'abc1234', 'llm')

    expect(noAgent).toMatch(/^error-\d{8}T\d{6}Z--[0-9a-f]{8}$/)
    expect(noJob).toMatch(/^error-\d{8}T\d{6}Z-scanner-[0-9a-f]{8}$/)
    expect(answer).toEqual({ success: false, message: 'the run was never recorded' })
    expect(run.said).toHaveLength(saidBefore)
    expect(run.client.stats.tracked).toBe(0)
  })

  it('says that an id is under way already, and lets it stand for the new run', async () => {
    await using run = aRunClient()

    run.client.startRun('first', 'nightly', 'cli', { run_id: 'same' })
    run.client.startRun('second', 'nightly', 'cli', { run_id: 'same' })

    expect(run.client.activeRuns.get('same')).toMatchObject({ agent_name: 'second' })
    expect(run.said).toEqual([
      'warn: startRun: same is under way already; from now on the id stands for the new run',
    ])
    const [first, second] = run.journal()
    expect(first?.['event_id']).not.toBe(second?.['event_id'])
  })

  it('leaves out the fields that cannot be stored, and says which', async () => {
    await using run = aRunClient()

    const runId = run.client.startRun('scanner', 'nightly', 'cli', {
      product: 7,
      items_discovered: 12.4,
      output_summary: 'cut \ud83d',
      context_json: { big: 2n ** 64n },
      colour: 'blue',
    } as never)

    expect(run.client.activeRuns.get(runId)).toMatchObject({
      items_discovered: 12,
      output_summary: 'cut \u{fffd}',
      context_json: { big: '18446744073709551616' },
    })
    expect(run.said).toEqual([
      'warn: startRun: left out: product must be a string; colour is not a field of a run',
    ])
  })
})

describe('endRun', () => {
  it.each([
    ['success', 'success'],
    ['failed', 'failure'],
    ['completed', 'success'],
    ['partial', 'partial'],
    ['timeout', 'timeout'],
    ['cancelled', 'cancelled'],
  ] as const)('sets end time, duration and status: %s reads as %s', async (given, stored) => {
    await using run = aRunClient()

    const runId = run.client.startRun('scanner', 'nightly')
    run.client.endRun(runId, given, { items_succeeded: 3 })

    expect(run.journal().at(-1)).toMatchObject({
      run_id: runId,
      status: stored,
      items_succeeded: 3,
      end_time: expect.stringMatching(/Z$/),
      duration_ms: expect.any(Number),
    })
    expect(run.client.activeRuns.size).toBe(0)
  })

  it('warns of an unknown id, and of a run that has ended', async () => {
    await using run = aRunClient()

    const runId = run.client.startRun('scanner', 'nightly')
    run.client.endRun(runId)
    run.client.endRun(runId)
    run.client.endRun('nobody')

    expect(run.said).toEqual([
      `warn: endRun: Run ID not found: ${runId}`,
      'warn: endRun: Run ID not found: nobody',
    ])
  })

  it('ends the run as a failure where the status is no end, and keeps the word', async () => {
    await using run = aRunClient()

    const runId = run.client.startRun('scanner', 'nightly')
    run.client.endRun(runId, 'running' as never)

    expect(run.journal().at(-1)).toMatchObject({
      status: 'failure',
      error_summary: 'ended with an unknown status: "running"',
    })
  })
})

describe('logEvent', () => {
  it('writes NDJSON at once and sends the event to the timeline', async () => {
    await using server = await startRunServerStub()
    await using run = aRunClient({ serverUrl: server.url })

    const runId = run.client.startRun('scanner', 'nightly')
    run.client.logEvent(runId, 'checkpoint', { page: 1 })
    const noted = run.journal().at(-1)
    await run.client.sync()

    const event = { event_type: 'checkpoint', payload: { page: 1 }, event_id: expect.any(String) }
    expect(noted).toMatchObject({ record_type: 'event', run_id: runId, ...event })
    expect(server.requests.at(-1)?.body.events).toEqual([{ ...event, timestamp: noted?.['timestamp'] }])
  })

  it('keeps to the NDJSON file where the timeline is switched off, and where nobody knows the run', async () => {
    await using off = aRunClient({ sendTimeline: false })
    await using on = aRunClient()

    off.client.logEvent(off.client.startRun('scanner', 'nightly'), 'checkpoint')
    on.client.logEvent('nobody', 'checkpoint')

    expect([off.client.stats.tracked, on.client.stats.tracked]).toEqual([1, 0])
    expect([...off.journal(), ...on.journal()].map((line) => line['record_type'])).toEqual([
      'run',
      'event',
      'event',
    ])
    expect(on.said).toEqual(['warn: logEvent: Run ID not found: nobody'])
  })
})

describe('trackRun', () => {
  it('ends with success and what was set, and passes on the result', async () => {
    await using run = aRunClient()

    const result = await run.client.trackRun('scanner', 'nightly', { product: 'p' }, async (tracked) => {
      tracked.logEvent('checkpoint')
      tracked.setMetrics({ items_failed: 1 })
      tracked.setMetrics({ items_failed: 2 })
      return 'done'
    })

    expect(result).toBe('done')
    expect(run.journal().at(-1)).toMatchObject({ status: 'success', items_failed: 2, product: 'p' })
  })

  it('ends as failed with the error, and throws the same error on', async () => {
    await using run = aRunClient()
    const error = new RangeError('too far')

    const tracked = run.client.trackRun('scanner', 'nightly', () => {
      throw error
    })

    await expect(tracked).rejects.toBe(error)
    expect(run.journal().at(-1)).toMatchObject({ status: 'failure', error_summary: 'RangeError: too far' })
  })

  it('ends with its scope, unless it was ended before', async () => {
    await using run = aRunClient()
    {
      await using scope = run.client.trackRun('scanner', 'scope')
      scope.setMetrics({ items_discovered: 1 })
    }
    {
      await using caught = run.client.trackRun('scanner', 'caught')
      caught.fail('no reason')
    }

    const ends = run.journal().filter((line) => line['end_time'] !== undefined)

    expect(ends).toMatchObject([
      { job_type: 'scope', status: 'success', items_discovered: 1 },
      { job_type: 'caught', status: 'failure', error_summary: 'no reason' },
    ])
  })

  it('ends its own run where two go by one id', async () => {
    await using run = aRunClient()
    const options = { run_id: 'same' }

    const first = run.client.trackRun('first', 'nightly', options)
    const second = run.client.trackRun('second', 'nightly', options)
    first.end('partial')
    second.end('success')

    const ends = run.journal().filter((line) => line['end_time'] !== undefined)
    expect(ends).toMatchObject([
      { agent_name: 'first', status: 'partial' },
      { agent_name: 'second', status: 'success' },
    ])
    expect(run.client.activeRuns.size).toBe(0)
  })

  it('runs the work all the same where the run cannot be recorded', async () => {
    await using run = aRunClient()

    expect(await run.client.trackRun('', '', ({ runId }) => runId)).toMatch(/^error-/)
  })
})

describe('associateCommit', () => {
  it('tells at once what is wrong with it', async () => {
    await using run = aRunClient()
    const runId = run.client.startRun('scanner', 'nightly')
    const commit = (...[hash, source, author, time]: unknown[]) =>
      run.client.associateCommit(runId, hash as string, source as string, author as string, time as string)

    expect(commit('short', 'llm').message).toBe('the commit hash must be 7 to 64 letters and digits')
    expect(commit('abc1234', 'robot').message).toBe('the commit source must be one of: manual, llm, ci')
    expect(commit('abc1234', 'ci', 1).message).toBe('the commit author must be a text')
    expect(commit('abc1234', 'ci', 'a', 'noon').message).toContain('must be an ISO 8601 date-time')
    expect(run.client.associateCommit('nobody', 'abc1234', 'ci').message).toBe('Run ID not found: nobody')
    expect(run.client.stats.tracked).toBe(1)
  })

  it('finds the run while it is under way, after its end, and from another process', async () => {
    await using run = aRunClient()
    const runId = run.client.startRun('scanner', 'nightly')

    const during = run.client.associateCommit(runId, 'aaaaaaa', 'llm')
    run.client.endRun(runId)
    const after = run.client.associateCommit(runId, 'bbbbbbb', 'llm')
    await using other = aRunClient({ bufferDir: `${run.directory}/buffer` })
    const elsewhere = other.client.associateCommit(
      runId,
      'ccccccc',
      'llm',
      'A <a@b.c>',
      '2026-01-31T09:30:00Z',
    )

    expect([during, after, elsewhere].map(({ success }) => success)).toEqual([true, true, true])
    expect(run.journal().find((line) => line['end_time'] !== undefined)).toMatchObject({
      git_commit_hash: 'aaaaaaa',
    })
    expect(other.journal()).toMatchObject([{ record_type: 'commit', commit_author: 'A <a@b.c>' }])
  })
})

describe('getStats', () => {
  it("gives the server's counts", async () => {
    await using server = await startRunServerStub()
    await using run = aRunClient({ serverUrl: server.url })
    const counts = { total_runs: 3, agents: { scanner: 3 }, recent_24h: 1 }
    server.answer = () => ({ status: 200, body: { ...counts, performance: {} } })

    expect(await run.client.getStats()).toEqual(counts)
  })

  it('counts its own records where no server answers: each run once', async () => {
    await using run = aRunClient()
    run.client.endRun(run.client.startRun('scanner', 'nightly'))
    run.client.startRun('writer', 'nightly')

    expect(await run.client.getStats()).toEqual({
      total_runs: 2,
      agents: { scanner: 1, writer: 1 },
      recent_24h: 2,
    })
  })

  it('says that there are none where nobody knows', async () => {
    await using run = aRunClient()

    expect(await run.client.getStats()).toEqual({ error: 'Statistics unavailable' })
  })
})

describe('sync and close', () => {
  it('says what was delivered, what waits and why', async () => {
    await using server = await startRunServerStub()
    await using away = aRunClient({ maxRetries: 0 })
    await using there = aRunClient({ serverUrl: server.url })

    away.client.startRun('scanner', 'nightly')
    there.client.startRun('scanner', 'nightly')

    expect(await there.client.sync()).toEqual({ delivered: 1, refused: 0, waiting: 0, cause: null })
    expect(await away.client.sync()).toEqual({
      delivered: 0,
      refused: 0,
      waiting: 1,
      cause: expect.stringContaining('cannot reach http://127.0.0.1:9'),
    })
  })

  it('warns of the runs that stay under way', async () => {
    await using run = aRunClient()
    const runId = run.client.startRun('scanner', 'nightly')

    await run.client.close({ timeoutMs: 100 })

    expect(run.said).toContain(`warn: closed with 1 runs under way, which stay running: ${runId}`)
  })
})

describe('whatever it is given', () => {
  const hostile = fc.oneof(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
    }),
    fc.constantFrom<unknown>(
      new Proxy({}, { get: () => fail(), ownKeys: () => fail() }),
      { toString: () => fail(), valueOf: () => fail(), toJSON: () => fail() },
      Object.defineProperty({}, 'run_id', { get: () => fail(), enumerable: true }),
      cyclic(),
      Symbol('s'),
      '\ud800\0',
    ),
  )

  it('throws nothing, rejects nothing, and writes nothing to stdout', async () => {
    const stdout = vi.spyOn(process.stdout, 'write')
    await using run = aRunClient()
    const client = run.client as unknown as Record<string, (...args: unknown[]) => unknown>
    const methods = ['startRun', 'endRun', 'logEvent', 'associateCommit', 'trackRun'] as const

    fc.assert(
      fc.property(fc.constantFrom(...methods), fc.array(hostile, { maxLength: 5 }), (method, args) => {
        const runId = client['startRun']!('scanner', 'nightly', ...args.slice(0, 2))
        client['logEvent']!(runId, 'checkpoint', args[0])
        client['endRun']!(runId, ...args)
        // A function is the agent's own work, whose errors are its own.
        client[method]!(...args.filter((arg) => typeof arg !== 'function'))
      }),
      { numRuns: 300 },
    )

    expect(stdout).not.toHaveBeenCalled()
    stdout.mockRestore()
  })

  it('is made from any configuration', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('serverUrl', 'apiKey', 'fetch', 'logger'), hostile),
        async (config) => {
          await using run = aRunClient({ ...(config as object), logger: {} })

          expect(run.client.startRun('scanner', 'nightly')).toMatch(RUN_ID)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('is made and closed all the same where its options cannot be read', async () => {
    await using run = aRunClient()
    process.env['TELEMETRY_BUFFER_DIR'] = `${run.directory}/other`
    const client = new RunClient(throws('serverUrl'))
    delete process.env['TELEMETRY_BUFFER_DIR']

    await run.client.close(throws('timeoutMs'))
    await client.close(null as never)

    expect(run.said).toEqual(['error: close failed: Error: hostile'])
  })

  it('works with a logger that throws, and does nothing while disabled', async () => {
    await using run = aRunClient({ logger: { warn: fail } })
    const disabled = new RunClient({ enabled: false, bufferDir: run.directory })

    run.client.endRun('nobody')
    const runId = disabled.startRun('scanner', 'nightly')
    disabled.endRun(runId)

    expect(runId).toMatch(RUN_ID)
    expect(await disabled.sync()).toEqual({ delivered: 0, refused: 0, waiting: 0, cause: null })
  })
})

function fail(): never {
  throw new Error('hostile')
}

function throws(name: string): never {
  return Object.defineProperty({}, name, { enumerable: true, get: fail }) as never
}

function cyclic(): unknown {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  return cycle
}
