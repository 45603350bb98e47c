import { expect, it } from 'vitest'
import { resolveConfig } from '../config/resolve-config.ts'
import { readLocalCredentials } from '../local-files.ts'
import { startServer } from '../server.ts'
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

it('learns the same forecast again after a restart', async () => {
  using directory = aTempDir()
  const first = await aRunningServer(directory.path)
  const events = Array.from({ length: 100 }, (_, n) =>
    anEvent({ instance_id: first.instanceId, actual_cost_usd_micros: 5000 + n * 100 }),
  )
  await first.ask('/v1/events/batch', { events })
  await expect.poll(first.forecast, { timeout: 10_000 }).toBeDefined()
  const before = await first.forecast()
  await first.stop()

  const second = await aRunningServer(directory.path)

  await expect.poll(second.forecast, { timeout: 10_000 }).toEqual(before)
  await second.stop()
})

async function aRunningServer(dataDir: string) {
  const { url, stop } = await startServer(resolveConfig({ dataDir, port: 0, logLevel: 'silent' }, {}))
  const { api_key: key, instance_id: instanceId } = readLocalCredentials(dataDir)!
  const ask = async (path: string, body?: object) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
    return (await fetch(`${url}${path}`, init)).json() as Promise<{ forecast?: unknown }>
  }
  return { instanceId, stop, ask, forecast: async () => (await ask(QUERY)).forecast }
}
