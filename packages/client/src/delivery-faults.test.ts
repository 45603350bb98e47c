import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { ClientStats } from './delivery/ledger.ts'
import { aClient } from './testing/a-client.ts'
import { anEvent } from './testing/an-event.ts'
import { type SeenRequest, startTestServer, type TestServer } from './testing/test-server.ts'
import type { TelemetryClient } from './telemetry-client.ts'

let server: TestServer

beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

function trackMany(client: TelemetryClient, count: number): void {
  for (let index = 0; index < count; index++) client.track(anEvent({ retry_count: index % 21 }))
}

function retryCounts(request: SeenRequest | undefined): number[] | undefined {
  return request?.body.events?.map(({ retry_count }) => retry_count)
}

function isPoisoned({ body }: SeenRequest): boolean {
  return body.events?.some(({ model }) => model === 'poison') ?? false
}

/** What the doc comment of ClientStats promises. */
function expectBooksToBalance(stats: ClientStats, queueSize: number): void {
  const lost = Object.values(stats.lost).reduce((total, count) => total + count, 0)
  expect(stats.tracked + stats.adopted).toBe(stats.delivered + queueSize + stats.handedOver + lost)
}

describe('every event arrives once', () => {
  it.each([
    ['a 500, a 502 and a 503', [{ status: 500 }, { status: 502 }, { status: 503 }]],
    ['a 408 and a 425', [{ status: 408 }, { status: 425 }]],
    ['a connection cut before the answer', ['reset', 'reset']],
    ['an answer lost after the server stored the batch', ['commit_then_reset']],
    ['a key that is not accepted yet', [{ status: 401 }, { status: 403 }, { status: 404 }]],
    ['a captive portal', [{ status: 200, body: '<html>Welcome to Wi-Fi</html>' }]],
    ['an answer for another number of events', [{ status: 202, body: { results: [] } }]],
    ['a redirect', [{ status: 301, headers: { location: 'https://elsewhere.example/' } }]],
  ] as const)('after %s', async (_what, behaviours) => {
    await using observed = aClient(server.url)
    const { client } = observed
    server.next(...behaviours)
    client.start()

    trackMany(client, 30)
    await expect.poll(() => client.queueSize).toBe(0)

    expect(server.stored.size).toBe(30)
    expect(client.stats.delivered).toBe(30)
    expectBooksToBalance(client.stats, client.queueSize)
  })

  it('counts an event that the server had already as delivered and as a duplicate', async () => {
    await using observed = aClient(server.url)
    server.next('commit_then_reset')
    trackMany(observed.client, 3)

    await observed.client.flush()
    await observed.client.flush()

    expect(observed.client.stats).toMatchObject({ delivered: 3, duplicate: 3 })
  })

  it('after a request that hangs', async () => {
    await using observed = aClient(server.url, { requestTimeoutMs: 50 })
    server.next('hang')
    observed.client.start()

    trackMany(observed.client, 5)
    await expect.poll(() => server.stored.size).toBe(5)

    expect(observed.errors[0]).toContain('within 50 ms')
  })

  it('through a server that takes ten events at a time', async () => {
    await using observed = aClient(server.url)
    server.always((request) => ((request.body.events?.length ?? 0) > 10 ? { status: 413 } : 'accept'))

    trackMany(observed.client, 250)
    await observed.client.flush()

    expect(server.stored.size).toBe(250)
    expect(observed.errors).toEqual([])
  })
})

describe('an event at fault', () => {
  it.each([400, 422])('costs only itself when its whole batch gets a %d', async (status) => {
    await using observed = aClient(server.url)
    server.always((request) => (isPoisoned(request) ? { status } : 'accept'))

    trackMany(observed.client, 60)
    observed.client.track(anEvent({ model: 'poison' }))
    trackMany(observed.client, 60)
    await observed.client.flush()

    expect(server.stored.size).toBe(120)
    expect(observed.client.stats.lost.refused).toBe(1)
    expect(observed.errors).toEqual([
      expect.stringMatching(new RegExp(`^event .* was refused: HTTP ${status}`)),
    ])
    expectBooksToBalance(observed.client.stats, 0)
  })

  it('is reported with its id and the reason when the server rejects it alone', async () => {
    await using observed = aClient(server.url)
    const event = anEvent({ event_id: '01890a5d-ac96-774b-bcce-b302099a8057' })
    const rejected = {
      event_id: event.event_id,
      status: 'rejected',
      error: 'timestamp: too late',
      code: 'invalid',
    }
    server.next({ status: 202, body: { accepted: 0, rejected: 1, results: [rejected] } })

    observed.client.track(event)
    await observed.client.flush()

    expect(observed.errors).toEqual([
      `event ${event.event_id} was refused: timestamp: too late. It is not sent again.`,
    ])
    expect(observed.client.stats.rejected).toBe(1)
  })
})

describe('while the server is away', () => {
  it('a single batch probes once the first ones have failed, and nothing is lost or sent twice', async () => {
    server.always({ status: 503 })
    await using observed = aClient(server.url, { batchSize: 3, maxQueueSize: 20 })
    const { client } = observed
    client.start()

    trackMany(client, 9)
    await expect.poll(() => server.requests.length).toBeGreaterThan(5)
    const [, , , probe, ...probes] = server.requests.map(retryCounts)
    server.always('accept')
    await expect.poll(() => client.queueSize).toBe(0)

    expect(probes).toEqual(probes.map(() => probe))
    const next = server.requests.slice(4 + probes.length).map(retryCounts)
    expect(next.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('the oldest events make room, counted and reported once', async () => {
    server.always({ status: 503 })
    await using observed = aClient(server.url, { maxQueueSize: 10 })

    trackMany(observed.client, 1000)

    expect(observed.client.queueSize).toBe(10)
    expect(observed.client.stats.evicted).toBe(990)
    expect(observed.errors).toEqual([expect.stringContaining('evicted from the full queue')])
    expectBooksToBalance(observed.client.stats, 10)
  })

  it('nothing is sent before the time that the server asks for, not even by flush()', async () => {
    server.always({ status: 429, headers: { 'retry-after': '3600' } })
    await using observed = aClient(server.url)
    trackMany(observed.client, 3)

    await observed.client.flush()
    await observed.client.flush()

    expect(server.requests).toHaveLength(1)
    expect(observed.errors).toEqual([expect.stringMatching(/^HTTP 429/)])
    expect(observed.client.queueSize).toBe(3)
  })

  it('Retry-After is waited for before the next try', async () => {
    server.next({ status: 503, headers: { 'retry-after': '1' } })
    await using observed = aClient(server.url, { maxRetries: 1 })
    trackMany(observed.client, 1)

    await observed.client.flush()

    const [first, second] = server.requests
    expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(990)
    expect(server.stored.size).toBe(1)
    expect(observed.client.stats.retried).toBe(1)
  })

  it('a setback is reported once a cycle, and after a denial one batch asks again', async () => {
    server.always({ status: 401, body: { detail: 'unknown key' } })
    await using observed = aClient(server.url, { batchSize: 1 })
    trackMany(observed.client, 5)

    await observed.client.flush()
    const inFirstCycle = server.requests.length
    await observed.client.flush()

    const told = expect.stringMatching(/^HTTP 401 \(unknown key\)\. Check apiKey/)
    expect(observed.errors).toEqual([told, told])
    expect(server.requests.length - inFirstCycle).toBe(1)
  })
})

it('a dry run logs what would be sent and sends nothing', async () => {
  const logged: string[] = []
  await using observed = aClient(server.url, { dryRun: true, logger: { info: (line) => logged.push(line) } })

  trackMany(observed.client, 2)
  await observed.client.flush()

  expect(server.requests).toEqual([])
  expect(logged).toHaveLength(2)
  expect(logged[0]).toContain('"task_type":"implementation"')
})
