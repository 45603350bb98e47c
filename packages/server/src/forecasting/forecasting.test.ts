import type { Forecast } from '@mosaicstack/telemetry-client/protocol'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { resolveConfig } from '../config/resolve-config.ts'
import { databaseFile, readLocalCredentials } from '../local-files.ts'
import { startServer } from '../server.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import type { Store } from '../storage/store.ts'
import { aServer } from '../testing/a-server.ts'
import { anEvent } from '../testing/an-event.ts'
import { aTempDir } from '../testing/temp-dir.ts'

const QUERY =
  '/v1/predictions?task_type=implementation&model=claude-sonnet-4-5&provider=anthropic&complexity=medium'

it('answers with a forecast soon after the first tasks, and publishes how its forecasts turn out', async () => {
  await using server = await aServer()

  for (let batch = 1; batch <= 3; batch++) {
    const events = Array.from({ length: 100 }, (_, n) =>
      anEvent({ actual_input_tokens: 1000 + n * 100, actual_cost_usd_micros: 5000 + n * 100 }),
    )
    await server.post('/v1/events/batch', { events })
  }

  await expect
    .poll(async () => (await server.get(QUERY)).body.forecast?.calibration.n ?? 0, { timeout: 10_000 })
    .toBeGreaterThan(1000)
  const { body } = await server.get(QUERY)
  const { p10, p50, p90 } = body.forecast.cost_usd_micros
  expect([p10 < p50, p50 < p90, p10 >= 1000, p90 <= 100_000]).toEqual([true, true, true, true])
  expect(body.prediction.cost_usd_micros.median).toBe(9950)
  expect(await server.metric('mosaic_forecast_coverage_ratio{metric="cost_usd_micros"}')).toBeGreaterThan(0.5)
})

it('goes on after a restart as if there had been none', async () => {
  using directory = aTempDir()
  using other = aTempDir()
  const first = await aRunningServer(directory.path)
  await first.send(0, 150)
  await expect.poll(first.judged, POLL).toBe(140 * METRICS)
  await first.stop()
  const saved = await withStore(directory.path, (store) => store.loadState('forecast_learner'))
  const second = await aRunningServer(directory.path)
  const uninterrupted = await aRunningServer(other.path)

  await expect.poll(second.judged, POLL).toBe(140 * METRICS)
  await second.send(150, 300)
  for (const part of [0, 150]) await uninterrupted.send(part, part + 150)
  for (const each of [second, uninterrupted]) await expect.poll(each.judged, POLL).toBe(290 * METRICS)

  expect(saved?.position).toBe(150)
  expect(await second.forecast()).toEqual(await uninterrupted.forecast())
  expect(second.warnings).toEqual([])
  await second.stop()
  await uninterrupted.stop()
})

it.each([
  { what: 'damaged', change: { bytes: Uint8Array.of(1, 2, 3) }, reason: 'unreadable' },
  { what: 'ahead of the events', change: { position: 1_000_000 }, reason: 'ahead_of_events' },
])('learns everything again where what was saved is $what', async ({ change, reason }) => {
  using directory = aTempDir()
  const first = await aRunningServer(directory.path)
  await first.send(0, 150)
  await expect.poll(first.judged, POLL).toBe(140 * METRICS)
  const before = await first.forecast()
  await first.stop()
  await withStore(directory.path, async (store) => {
    const saved = await store.loadState('forecast_learner')
    await store.saveState('forecast_learner', { ...saved!, deletionNo: 0, ...change })
  })

  const second = await aRunningServer(directory.path)

  await expect.poll(second.judged, POLL).toBe(140 * METRICS)
  expect(await second.forecast()).toEqual(before)
  expect(second.warnings).toMatchObject([{ reason }])
  await second.stop()
})

const METRICS = 4
const POLL = { timeout: 10_000 }

async function withStore<Result>(dataDir: string, work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openSqliteStore(databaseFile(dataDir))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

async function aRunningServer(dataDir: string) {
  const warnings: unknown[] = []
  const logger = pino({ level: 'warn' }, { write: (line) => void warnings.push(JSON.parse(line)) })
  const { url, stop } = await startServer(resolveConfig({ dataDir, port: 0 }, {}), { logger })
  const { api_key: key, instance_id: instanceId } = readLocalCredentials(dataDir)!
  const ask = async (path: string, body?: object) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
    return (await fetch(`${url}${path}`, init)).json() as Promise<{ forecast?: Forecast }>
  }
  const forecast = async () => (await ask(QUERY)).forecast
  return {
    stop,
    warnings,
    forecast,
    judged: async () => (await forecast())?.calibration.n ?? 0,
    /** Sends the tasks with these numbers, each of a cost of its own. */
    async send(from: number, end: number) {
      for (let first = from; first < end; first += 75) {
        const events = Array.from({ length: Math.min(75, end - first) }, (_, index) => {
          const scattered = ((first + index) * 37) % 100
          return anEvent({ instance_id: instanceId, actual_cost_usd_micros: 5000 + scattered * 100 })
        })
        await ask('/v1/events/batch', { events })
      }
    },
  }
}
