import { taskEventId } from '@mosaicstack/telemetry-client/protocol'
import { expect, it, vi } from 'vitest'

import { databaseFile } from '../../packages/server/src/local-files.ts'
import { aServer, type TestServer } from '../../packages/server/src/testing/a-server.ts'
import { openRaw } from '../../packages/server/src/testing/look-into.ts'
import { expectedSessions, recordedBodies } from './recorded.ts'

/** The prompts of people in the recording: the report of a background subagent and the two `/compact` are none. */
const PROMPTS: Readonly<Record<string, readonly string[]>> = {
  'f3fe497b-6e81-473c-bfe1-bed0ee7655db': [
    '9751cbb6-21ea-4da8-a7f9-bed49d77f0c8',
    'b791cdb6-ce12-4f7e-b7c1-4c5e652d3723',
  ],
  'f1d40e25-a35c-4e35-b964-1a126dca5269': ['191d4be0-175b-4af1-a07a-b16a1c851cd6'],
  '93625829-e2c7-441b-974e-495151f3497d': [
    '370ee95b-f6cf-4d4e-b2a6-04d03ba97fc7',
    '45ee08ad-43e2-4a69-a3ff-5fd586c6b734',
  ],
}
/** What the two `/compact` took, which is part of no task. */
const COMPACTION_COST_USD_MICROS = 27_314 + 60_507

/** The shortest there is: the server looks once in that time. */
const QUIET_MS = 1000

it('makes of a recording the tasks that people asked for, with everything that was done for them', async () => {
  await using server = await aServer({ rateLimitEnabled: false, otlpTaskQuietMs: String(QUIET_MS) })
  for (const body of recordedBodies('logs').toReversed()) await server.post('/v1/logs', body)

  await passQuietTime(server, 5)

  const events = await storedEvents(server)
  const ids = Object.entries(PROMPTS).flatMap(([sessionId, prompts]) =>
    prompts.map((promptId) => taskEventId({ harness: 'claude_code', sessionId, promptId })),
  )
  expect(events.map(({ id }) => id).sort()).toEqual(ids.sort())
  const cost = events.reduce((sum, event) => sum + event.costUsdMicros, 0)
  const served = expectedSessions.reduce((sum, session) => sum + session.cost_micro_usd, 0)
  expect(Math.abs(cost + COMPACTION_COST_USD_MICROS - served)).toBeLessThanOrEqual(14)
})

it('makes none of a session that an importer says it merges', async () => {
  await using server = await aServer({ rateLimitEnabled: false, otlpTaskQuietMs: String(QUIET_MS) })
  const [claimed, ...others] = Object.keys(PROMPTS)
  for (const body of recordedBodies('logs')) await server.post('/v1/logs', body)
  await server.get(`/v1/otlp/requests?session_id=${claimed}&merge=true`)
  await server.get(`/v1/otlp/requests?session_id=${others[0]}`)

  await passQuietTime(server, 3)

  expect(await storedEvents(server)).toHaveLength(3)
})

async function passQuietTime(server: TestServer, tasks: number): Promise<void> {
  const settled = 'mosaic_otlp_tasks_total{result="stored"}'
  server.clock.nowMs += QUIET_MS
  await vi.waitFor(async () => expect(await server.metric(settled)).toBe(tasks), 10_000)
}

async function storedEvents(server: TestServer) {
  using database = await openRaw(databaseFile(server.dataDir))
  return database
    .prepare('SELECT lower(hex(event_id)) AS id, actual_cost_usd_micros AS cost FROM events')
    .all()
    .map(({ id, cost }) => ({
      id: String(id).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
      costUsdMicros: Number(cost),
    }))
}
