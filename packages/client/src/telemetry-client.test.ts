import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { TelemetryConfig } from './config.ts'
import { TelemetryClient } from './telemetry-client.ts'
import { anEvent, API_KEY, INSTANCE_ID } from './testing/an-event.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let errors: Error[]

beforeEach(async () => {
  server = await startTestServer()
  errors = []
})
afterEach(() => server.close())

function aClient(config: TelemetryConfig = {}): TelemetryClient {
  return new TelemetryClient({
    serverUrl: server.url,
    apiKey: API_KEY,
    instanceId: INSTANCE_ID,
    onError: (error) => errors.push(error),
    ...config,
  })
}

describe('a client', () => {
  it('delivers what was tracked before start() and before stop()', async () => {
    const client = aClient()

    client.track(anEvent())
    client.start()
    client.track(anEvent())
    await client.stop()

    expect(server.stored.size).toBe(2)
    expect(client.stats).toMatchObject({ tracked: 2, delivered: 2 })
    expect(client.queueSize).toBe(0)
    expect(errors).toEqual([])
  })

  it('starts sending at once when the queue is half full', async () => {
    const client = aClient({ maxQueueSize: 20 })
    client.start()

    for (let count = 0; count < 10; count++) client.track(anEvent())

    await expect.poll(() => server.stored.size).toBe(10)
    await client.stop()
  })

  it('resolves a second stop() only when the first has finished', async () => {
    const client = aClient()
    client.track(anEvent())
    const ended: string[] = []

    const first = client.stop().then(() => ended.push('first'))
    await client.stop().then(() => ended.push('second'))
    await first

    expect(ended).toEqual(['first', 'second'])
    expect(server.requests).toHaveLength(1)
  })

  it('gives up within its limit when the server hangs, and counts what is lost', async () => {
    server.always('hang')
    const client = aClient()
    client.track(anEvent())
    const startedMs = performance.now()

    await client.stop({ timeoutMs: 200 })

    expect(performance.now() - startedMs).toBeLessThan(1000)
    expect(client.stats.lost.stopped).toBe(1)
    expect(errors.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('1 event was not sent'),
    )
  })

  it('sends nothing after stop()', async () => {
    const client = aClient()
    client.start()
    await client.stop()

    client.track(anEvent())
    await client.flush()
    const prediction = await client.predict({
      task_type: 'testing',
      model: 'm',
      provider: 'openai',
      complexity: 'low',
    })

    expect(prediction).toBeNull()
    expect(server.requests).toEqual([])
    expect(client.stats.lost.stopped).toBe(1)
  })

  it('can be started again', async () => {
    const client = aClient()
    client.start()
    await client.stop()

    client.start()
    client.track(anEvent())
    await client.stop()

    expect(server.stored.size).toBe(1)
  })

  it('names the status and keeps the key out of what it reports', async () => {
    server.always({
      status: 403,
      body: { error: { code: 'instance_mismatch', message: 'not your instance' } },
    })
    const client = aClient()
    client.track(anEvent())

    await client.flush()

    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^HTTP 403 \(not your instance\)/),
    ])
    expect(JSON.stringify(errors.map(String))).not.toContain(API_KEY)
    expect(client.queueSize).toBe(1)
    expect(server.requests).toHaveLength(1)
  })

  it('is a no-op while disabled', async () => {
    const client = aClient({ enabled: false })

    client.start()
    client.track(anEvent())
    await client.stop()

    expect(client.isRunning).toBe(false)
    expect(client.stats.tracked).toBe(0)
    expect(server.requests).toEqual([])
  })
})
