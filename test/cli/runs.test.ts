import { TelemetryClient } from '@mosaicstack/telemetry-client'
import { RunClient } from '@mosaicstack/telemetry-client/runs'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { runCli, startCli, startServe, temporaryDirectory } from './run-cli.ts'

const ID = /^\d{8}T\d{6}Z-scanner-[0-9a-f]{8}$/

/** A quiet client whose files are in a directory. */
function clientIn(directory: string, serverUrl: string): RunClient {
  return new RunClient({
    serverUrl,
    bufferDir: `${directory}/buffer`,
    ndjsonDir: `${directory}/raw`,
    logger: {},
  })
}

function widestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length))
}

describe('runs', () => {
  it('list shows the newest first in at most 80 columns, by the filters', async () => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path)
    await using client = clientIn(directory.path, serve.url)
    const first = client.startRun('scanner', 'nightly')
    client.endRun(first, 'failed', { duration_ms: 61_000 })
    const long = client.startRun(`a-very-long-name-${'x'.repeat(100)}\u001b`, 'a job with a long name')
    await client.sync()

    const env = { TELEMETRY_API_URL: serve.url }
    const all = await runCli(['runs', 'list'], env)
    const failed = await runCli(['runs', 'list', '--status', 'failed', '--agent', 'scanner', '--json'], env)
    const none = await runCli(['runs', 'list', '--since', '2999-01-01'], env)

    expect(all).toMatchObject({ code: 0, stderr: '' })
    expect(widestLine(all.stdout)).toBeLessThanOrEqual(80)
    const [titles, newest, oldest] = all.stdout.split('\n')
    expect(titles).toMatch(/^RUN {45}STATUS\s+TOOK {2}JOB$/)
    expect(newest).toMatch(/^\d{8}T\d{6}Z-a-ver….*running\s+a job… name$/)
    expect(newest?.slice(0, 46)).toContain(long.slice(-8))
    expect(oldest).toMatch(new RegExp(`^${first}\\s+failure\\s+61 s  nightly$`))
    expect(JSON.parse(failed.stdout)).toMatchObject([{ run_id: first, status: 'failure' }])
    expect(none).toMatchObject({ code: 0, stdout: '' })
    expect(none.stderr).toContain('No runs match.')
  })

  it('show prints one run and its timeline, by run id and by event id', async () => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path)
    await using client = clientIn(directory.path, serve.url)
    const runId = client.startRun('scanner', 'nightly')
    const eventId = client.activeRuns.get(runId)!.event_id
    client.logEvent(runId, 'checkpoint', { page: 3 })
    client.associateCommit(runId, 'abc1234', 'llm')
    client.endRun(runId, 'success', { items_succeeded: 12 })
    await client.sync()

    const env = { TELEMETRY_API_URL: serve.url }
    const words = await runCli(['runs', 'show', runId], env)
    const data = await runCli(['runs', 'show', eventId, '--json'], env)
    const nobody = await runCli(['runs', 'show', 'nobody'], env)

    expect(words).toMatchObject({ code: 0, stderr: '' })
    expect(words.stdout).toMatch(/^items_succeeded\s+12$/m)
    expect(words.stdout).toMatch(/^git_commit_hash\s+abc1234$/m)
    expect(words.stdout).toMatch(/\n\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}checkpoint {2}\{"page":3\}\n$/)
    expect(JSON.parse(data.stdout)).toMatchObject({
      run: { run_id: runId, event_id: eventId, status: 'success' },
      timeline: [{ event_type: 'checkpoint', payload: { page: 3 } }],
    })
    expect(nobody).toMatchObject({ code: 1, stdout: '' })
    expect(nobody.stderr).toContain('See `mosaic-telemetry runs list`.')
  })

  it('tail prints what was there, then each start and end, until it is interrupted', async () => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path)
    await using client = clientIn(directory.path, serve.url)
    const before = client.startRun('scanner', 'nightly')
    await client.sync()

    const tail = startCli(['runs', 'tail', '--interval', '0.1', '--json'], { TELEMETRY_API_URL: serve.url })
    await tail.firstLine
    let lines = 1
    tail.process.stdout!.on('data', (text: string) => (lines += text.split('\n').length - 1))
    client.endRun(before)
    await client.sync()
    await expect.poll(() => lines, { timeout: 5000 }).toBe(2)
    const after = client.startRun('scanner', 'nightly')
    await client.sync()
    await expect.poll(() => lines, { timeout: 5000 }).toBe(3)
    tail.process.kill('SIGINT')
    const { code, stderr, stdout } = await tail.finished

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const seen = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(seen.map(({ run_id, status }) => [run_id, status])).toEqual([
      [before, 'running'],
      [before, 'success'],
      [after, 'running'],
    ])
  })

  it('says what is wrong with a filter, an address and a token', async () => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path, {
      MOSAIC_TELEMETRY_AUTH: 'true',
      MOSAIC_TELEMETRY_AUTH_TOKEN: 'a-token-of-sixteen',
    })
    const env = { TELEMETRY_API_URL: serve.url }
    const token = { ...env, TELEMETRY_API_AUTH_TOKEN: 'a-token-of-sixteen' }

    const denied = await runCli(['runs', 'list'], env)
    const allowed = await runCli(['runs', 'list'], token)
    const filter = await runCli(['runs', 'list', '--status', 'tired'], token)
    const nobody = await runCli(['runs', 'list', '--server-url', 'http://127.0.0.1:9'])
    const interval = await runCli(['runs', 'tail', '--interval', '0'], token)

    expect(denied).toMatchObject({ code: 1, stdout: '' })
    expect(denied.stderr).toContain('Set TELEMETRY_API_AUTH_TOKEN')
    expect(allowed.code).toBe(0)
    expect(filter).toMatchObject({ code: 2, stdout: '' })
    expect(filter.stderr).toContain('status: is not a status')
    expect(nobody).toMatchObject({ code: 1, stdout: '' })
    expect(nobody.stderr).toContain('http://127.0.0.1:9 does not answer')
    expect(interval).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('sync', () => {
  it('delivers what an earlier program has left, and says so', async () => {
    using directory = temporaryDirectory()
    const serveFirst = await startServe(directory.path)
    const { url } = serveFirst
    await serveFirst.stop()
    const client = clientIn(directory.path, url)
    const runId = client.startRun('scanner', 'nightly')
    client.endRun(runId)
    await client.close({ timeoutMs: 0 })
    const env = { TELEMETRY_API_URL: url, TELEMETRY_BUFFER_DIR: `${directory.path}/buffer` }

    const away = await runCli(['sync', '--json'], env)
    await using _serve = await startServeAt(url, directory.path)
    const there = await runCli(['sync'], env)
    const again = await runCli(['sync', '--json'], env)

    expect(runId).toMatch(ID)
    expect(away.code).toBe(1)
    expect(JSON.parse(away.stdout)).toMatchObject([
      {
        what: 'runs',
        server_url: url,
        delivered: 0,
        kept: { waiting: 2 },
        cause: expect.stringContaining(url),
      },
    ])
    expect(there).toMatchObject({ code: 0, stderr: '' })
    expect(there.stdout).toMatch(/^ +DELIVERED {2}REFUSED {2}WAITING {2}DIRECTORY\nruns +2 +0 +0 {2}\//)
    expect(JSON.parse(again.stdout)).toMatchObject([{ delivered: 0, kept: { waiting: 0 }, cause: null }])
  })

  it('leaves alone what a running process has in its care, and what is for another server', async () => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path)
    await using mine = clientIn(directory.path, 'http://127.0.0.1:9')
    mine.startRun('scanner', 'nightly')
    const gone = clientIn(directory.path, 'http://127.0.0.1:10')
    gone.startRun('scanner', 'nightly')
    await gone.close({ timeoutMs: 0 })
    const buffer = ['--buffer-dir', `${directory.path}/buffer`]

    const held = await runCli(['sync', '--server-url', 'http://127.0.0.1:9', ...buffer])
    const other = await runCli(['sync', '--server-url', serve.url, ...buffer])

    expect(held).toMatchObject({ code: 0 })
    expect(held.stderr).toContain(`runs: 1 record in the care of running process ${process.pid}`)
    expect(other.stderr).toContain('runs: 2 records for another server or instance')
  })
})

describe('sync of events', () => {
  it('delivers a spool with the key of the local server, and says why where no server is known', async () => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path)
    const credentials = JSON.parse(readFileSync(`${directory.path}/credentials.json`, 'utf8'))
    const client = new TelemetryClient({
      serverUrl: serve.url,
      apiKey: credentials.api_key,
      instanceId: credentials.instance_id,
      spoolDir: `${directory.path}/spool`,
    })
    client.track(
      client.eventBuilder.taskType('testing').model('claude-sonnet-4-5').provider('anthropic').build(),
    )
    await client.stop({ timeoutMs: 0 })
    const args = [
      'sync',
      '--json',
      '--buffer-dir',
      `${directory.path}/buffer`,
      '--spool-dir',
      `${directory.path}/spool`,
    ]

    const unknown = await runCli([...args, '--data-dir', `${directory.path}/elsewhere`])
    const known = await runCli([...args, '--data-dir', directory.path])

    expect(unknown.code).toBe(1)
    expect(JSON.parse(unknown.stdout)[1]).toMatchObject({
      what: 'events',
      delivered: 0,
      cause: expect.stringContaining('no server is known'),
      kept: { waiting: 1 },
    })
    expect(known).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(known.stdout)[1]).toMatchObject({ what: 'events', delivered: 1, kept: { waiting: 0 } })
  })
})

describe('doctor', () => {
  it('finds everything well beside a running server, and names the very paths', async () => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path)
    const env = {
      TELEMETRY_API_URL: serve.url,
      TELEMETRY_BUFFER_DIR: `${directory.path}/buffer`,
      TELEMETRY_NDJSON_DIR: `${directory.path}/raw`,
      MOSAIC_TELEMETRY_SPOOL_DIR: `${directory.path}/spool`,
    }

    const words = await runCli(['doctor', '--data-dir', directory.path], env)
    const data = await runCli(['doctor', '--data-dir', directory.path, '--json'], env)

    expect(words).toMatchObject({ code: 0, stderr: 'Everything works.\n' })
    for (const path of ['telemetry.db', 'credentials.json', 'buffer', 'raw', 'spool']) {
      expect(words.stdout).toContain(`${directory.path}/${path}`)
    }
    expect(words.stdout).toMatch(/^ok +events key +is valid$/m)
    expect(words.stdout).toMatch(/^ok +runs server clock +agrees with ours$/m)
    expect(JSON.parse(data.stdout)).toContainEqual({
      what: 'runs server',
      state: 'ok',
      detail: expect.stringContaining(serve.url),
      fix: null,
    })
  })

  it('names what is broken, waiting and refused, with the fix, and exits 1', async () => {
    using directory = temporaryDirectory()
    await using serve = await startServe(directory.path)
    const client = clientIn(directory.path, serve.url)
    const runId = client.startRun('scanner', 'nightly', 'cli')
    client.logEvent(runId, 'x'.repeat(255), 'y'.repeat(2_000_000)) // larger than the server takes
    await client.sync()
    const away = clientIn(directory.path, 'http://127.0.0.1:9')
    away.startRun('scanner', 'nightly')
    await Promise.all([client.close(), away.close({ timeoutMs: 0 })])

    const { code, stderr, stdout } = await runCli(['doctor', '--data-dir', directory.path, '--json'], {
      TELEMETRY_API_URL: 'http://127.0.0.1:9',
      TELEMETRY_BUFFER_DIR: `${directory.path}/buffer`,
      TELEMETRY_NDJSON_DIR: `${directory.path}/telemetry.db/raw`,
      MOSAIC_TELEMETRY_API_KEY: 'msk_wrong',
    })

    const finding = (what: string) =>
      JSON.parse(stdout).find((found: { what: string }) => found.what === what)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(finding('events key')).toMatchObject({
      state: 'broken',
      fix: expect.stringContaining('keys create'),
    })
    expect(finding('runs server')).toMatchObject({ state: 'broken', fix: expect.stringContaining('serve') })
    expect(finding('runs NDJSON')).toMatchObject({ state: 'broken' })
    expect(finding('runs buffer waiting')).toMatchObject({
      state: 'note',
      detail: expect.stringMatching(/^1 record waiting/),
      fix: 'Deliver them with `mosaic-telemetry sync`.',
    })
    expect(finding('runs buffer refused')).toMatchObject({
      detail: expect.stringContaining('1 record refused'),
    })
  })
})

/** The server again, at the address that it had. */
async function startServeAt(url: string, directory: string): Promise<AsyncDisposable> {
  const cli = startCli(['serve', '--port', new URL(url).port, '--data-dir', directory, '--log-level', 'warn'])
  await cli.firstLine
  return {
    async [Symbol.asyncDispose]() {
      cli.process.kill('SIGTERM')
      await cli.finished
    },
  }
}
