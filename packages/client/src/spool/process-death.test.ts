import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { API_KEY, INSTANCE_ID } from '../testing/an-event.ts'
import { runChildClient } from '../testing/child-client.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let spoolDir: string
let server: TestServer

beforeEach(async () => {
  spoolDir = mkdtempSync(join(tmpdir(), 'spool-'))
  server = await startTestServer()
})
afterEach(async () => {
  await server.close()
  rmSync(spoolDir, { recursive: true, force: true })
})

function aConfig(): Record<string, unknown> {
  return { serverUrl: server.url, apiKey: API_KEY, instanceId: INSTANCE_ID, spoolDir }
}

const TRACK_MANY = 'client.start(); for (let count = 0; count < 1000; count++) client.track(anEvent());'

const deaths: [how: string, program: string, signal: NodeJS.Signals | undefined][] = [
  ['process.exit(0) right after track()', `${TRACK_MANY} process.exit(0)`, undefined],
  ['an uncaught exception', `${TRACK_MANY} throw new Error('a bug of the host')`, undefined],
  ['the end of main without stop()', TRACK_MANY, undefined],
  ['SIGTERM', `${TRACK_MANY} say('tracked'); setInterval(() => {}, 1000)`, 'SIGTERM'],
  ['SIGKILL', `${TRACK_MANY} say('tracked'); setInterval(() => {}, 1000)`, 'SIGKILL'],
]

describe('an event that track() returned from', () => {
  it.each(deaths)('is delivered once by the next process after %s', async (_how, program, signal) => {
    server.always({ status: 503 })
    const first = runChildClient(aConfig(), program)
    if (signal !== undefined) {
      await first.said('tracked')
      first.process.kill(signal)
    }
    await first.ended
    server.always('accept')

    const second = runChildClient(
      aConfig(),
      'client.start(); await client.stop(); say(JSON.stringify(client.stats))',
    )
    const { code } = await second.ended

    expect(code).toBe(0)
    expect(server.stored.size).toBe(1000)
    expect(second.output().stderr).toContain('"adopted":1000,')
    expect(readdirSync(spoolDir)).toEqual([])
    expect(first.output().stdout + second.output().stdout).toBe('')
  })

  it('is delivered by a next process that only starts and lives, well before its interval', async () => {
    const first = runChildClient(aConfig(), 'client.track(anEvent()); process.exit(0)')
    await first.ended

    const second = runChildClient(aConfig(), 'client.start(); setInterval(() => {}, 1000)')
    await expect.poll(() => server.stored.size, { timeout: 5000 }).toBe(1)
    second.process.kill()
    await second.ended
  })

  it('is delivered once by several processes that share the directory', async () => {
    const writers = Array.from({ length: 4 }, () =>
      runChildClient(aConfig(), `${TRACK_MANY} process.exit(0)`),
    )
    await Promise.all(writers.map(({ ended }) => ended))

    const readers = Array.from({ length: 3 }, () =>
      runChildClient(aConfig(), 'client.start(); await client.stop()'),
    )
    await Promise.all(readers.map(({ ended }) => ended))

    const sent = server.requests.reduce((total, { body }) => total + (body.events?.length ?? 0), 0)
    expect(server.stored.size).toBe(4000)
    expect(sent).toBe(4000)
    expect(readdirSync(spoolDir)).toEqual([])
  })
})

describe('without a spool', () => {
  it('a program that simply ends delivers what waits', async () => {
    const { spoolDir: _unused, ...config } = aConfig()

    const child = runChildClient(config, TRACK_MANY)
    const { code } = await child.ended

    expect(code).toBe(0)
    expect(server.stored.size).toBe(1000)
  })

  it('a program that simply ends is held up for two seconds at most when the server hangs', async () => {
    server.always('hang')
    const { spoolDir: _unused, ...config } = aConfig()
    const startedMs = performance.now()

    await runChildClient(config, 'client.start(); client.track(anEvent())').ended

    expect(performance.now() - startedMs).toBeLessThan(4000)
  })
})
