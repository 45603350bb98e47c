import { expect, it } from 'vitest'

import { resolveConfig } from './config/resolve-config.ts'
import { databaseFile, readLocalCredentials } from './local-files.ts'
import { verifyUnits } from './predictions/rebuild.ts'
import { startServer } from './server.ts'
import { openSqliteStore } from './storage/sqlite/sqlite-store.ts'
import { anEvent, eventId } from './testing/an-event.ts'
import { DAY_MS, NOW_MS } from './testing/an-observation.ts'
import { aTempDir } from './testing/temp-dir.ts'

const EVENTS_PER_JUMP = 10
/** Where the server's clock stands, one after the other, in days from the true time. */
const JUMPS = [0, 1, -1, 0, 2, 1, -1, 1, 0]

it('stores and counts every event once while the clock jumps by days, and turns nobody away', async () => {
  using directory = aTempDir()
  const clock = { nowMs: NOW_MS }
  const server = await aServerAt(directory.path, clock)

  for (const [number, days] of JUMPS.entries()) {
    clock.nowMs = NOW_MS + days * DAY_MS + number * 1000
    const first = await server.report(number)
    const again = await server.report(number)
    const unnamed = await server.report(undefined)

    expect([first, again, unnamed].map(({ status }) => status)).toEqual([202, 202, 202])
    expect([first.accepted, again.accepted, unnamed.accepted]).toEqual([EVENTS_PER_JUMP, 0, EVENTS_PER_JUMP])
  }
  clock.nowMs = NOW_MS + 3 * DAY_MS
  const counted = await server.countedInPredictions()
  await server.stop()

  expect(counted).toBe(2 * JUMPS.length * EVENTS_PER_JUMP)
  expect(await whatIsStored(directory.path, clock.nowMs)).toEqual({ events: counted, differences: [] })
})

it('goes on with everything after a restart at an earlier time', async () => {
  using directory = aTempDir()
  const before = await aServerAt(directory.path, { nowMs: NOW_MS })
  await before.report(0)
  await before.stop()

  const clock = { nowMs: NOW_MS - DAY_MS }
  const after = await aServerAt(directory.path, clock)
  const again = await after.report(0)
  const next = await after.report(1)
  clock.nowMs = NOW_MS
  const counted = await after.countedInPredictions()
  await after.stop()

  expect([again.accepted, next.accepted, counted]).toEqual([0, EVENTS_PER_JUMP, 2 * EVENTS_PER_JUMP])
  expect(await whatIsStored(directory.path, NOW_MS)).toEqual({ events: counted, differences: [] })
})

/** A server by a clock that the test sets, with a limit on requests that it must not run into. */
async function aServerAt(dataDir: string, clock: { nowMs: number }) {
  const settings = {
    dataDir,
    port: 0,
    logLevel: 'silent',
    rateLimitEnabled: true,
    rateLimitRpm: 100,
  } as const
  const { url, stop } = await startServer(resolveConfig(settings, {}), { nowMs: () => clock.nowMs })
  const { api_key: key, instance_id } = readLocalCredentials(dataDir)!
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const query = 'task_type=implementation&model=claude-sonnet-4-5&provider=anthropic&complexity=medium'
  return {
    stop,
    /** Sends the events with a number; without one, events that the server must name. */
    async report(number: number | undefined) {
      const events = Array.from({ length: EVENTS_PER_JUMP }, (_, index) => ({
        ...anEvent({ instance_id }),
        event_id: number === undefined ? null : eventId(number * EVENTS_PER_JUMP + index),
      }))
      const body = JSON.stringify({ events })
      const response = await fetch(`${url}/v1/events/batch`, { method: 'POST', headers, body })
      const { accepted } = (await response.json()) as { accepted: number }
      return { status: response.status, accepted }
    },
    async countedInPredictions() {
      const response = await fetch(`${url}/v1/predictions?${query}`, { headers })
      const { metadata } = (await response.json()) as { metadata: { sample_size: number } }
      return metadata.sample_size
    },
  }
}

/** Events, and where the saved units are not what these give. */
async function whatIsStored(dataDir: string, nowMs: number) {
  const store = await openSqliteStore(databaseFile(dataDir))
  const { differences } = await verifyUnits(store, { windowMs: 90 * DAY_MS, nowMs })
  const events = await store.countEvents()
  await store.close()
  return { events, differences }
}
