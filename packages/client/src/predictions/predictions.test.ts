import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { PredictionQuery, PredictionResponse } from '../protocol/index.ts'
import { aClient } from '../testing/a-client.ts'
import { predictionFor, startTestServer, type TestServer } from '../testing/test-server.ts'
import { PredictionCache } from './prediction-cache.ts'

let server: TestServer

beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

function aQuery(model: string): PredictionQuery {
  return { task_type: 'testing', model, provider: 'openai', complexity: 'low' }
}

describe('predictions', () => {
  it('come from the cache at once, and only from there', async () => {
    await using observed = aClient(server.url)
    const { client } = observed

    const before = client.getPrediction(aQuery('a'))
    await client.refreshPredictions([aQuery('a')])

    expect(before).toBeNull()
    expect(client.getPrediction(aQuery('a'))).toEqual(predictionFor(aQuery('a')))
    expect(client.getPrediction(aQuery('b'))).toBeNull()
    expect(server.requests).toHaveLength(1)
  })

  it('are fetched a hundred a request, each answer for its own query', async () => {
    await using observed = aClient(server.url)
    const queries = Array.from({ length: 250 }, (_, index) => aQuery(`model-${index}`))

    await observed.client.refreshPredictions(queries)

    expect(server.requests.map(({ body }) => body.queries?.length).sort()).toEqual([100, 100, 50])
    for (const query of queries) expect(observed.client.getPrediction(query)).toEqual(predictionFor(query))
  })

  it('are asked for once, however many want them at the same time', async () => {
    await using observed = aClient(server.url)
    const { client } = observed

    const answers = await Promise.all([
      client.predict(aQuery('a')),
      client.predict(aQuery('b')),
      client.predict(aQuery('a')),
    ])
    await client.predict(aQuery('a'))

    expect(answers).toEqual([aQuery('a'), aQuery('b'), aQuery('a')].map(predictionFor))
    expect(server.requests.map(({ body }) => body.queries?.length)).toEqual([2])
  })

  it('are asked for anew with another budget, and kept for each', async () => {
    await using observed = aClient(server.url)
    const { client } = observed
    const twoDollars = { ...aQuery('a'), budget_cost_usd_micros: 2_000_000 }

    const plain = await client.predict(aQuery('a'))
    const within = await client.predict(twoDollars)
    await client.predict({ ...twoDollars })

    expect([plain, within]).toEqual([predictionFor(aQuery('a')), predictionFor(twoDollars)])
    expect(client.getPrediction({ ...aQuery('a'), budget_cost_usd_micros: 1_000_000 })).toBeNull()
    expect(server.requests).toHaveLength(2)
  })

  it.each([-1, 1.5, NaN, '2000000'])('are null for the budget %j, which is reported', async (budget) => {
    await using observed = aClient(server.url)

    const answer = await observed.client.predict({ ...aQuery('a'), budget_cost_usd_micros: budget as number })

    expect(answer).toBeNull()
    expect(observed.errors).toEqual([expect.stringContaining('refused: budget_cost_usd_micros: must be')])
    expect(server.requests).toEqual([])
  })

  it.each([
    ['a server error', { status: 500 }, 'HTTP 500'],
    ['a cut connection', 'reset', 'cannot reach'],
    ['a portal', { status: 200, body: 'Welcome' }, 'not an answer'],
    ['too few answers', { status: 200, body: { results: [] } }, 'not an answer'],
    ['answers of another shape', { status: 200, body: { results: [42] } }, 'not an answer'],
  ] as const)('are null after %s, which is reported', async (_what, behaviour, report) => {
    await using observed = aClient(server.url)
    server.next(behaviour)

    const answer = await observed.client.predict(aQuery('a'))

    expect(answer).toBeNull()
    expect(observed.errors).toEqual([expect.stringContaining(report)])
  })

  it('are null for a query that is none', async () => {
    await using observed = aClient(server.url)
    const { client, errors } = observed

    const answers = [
      await client.predict(null as never),
      await client.predict(aQuery('')),
      client.getPrediction({} as never),
    ]
    await client.refreshPredictions(undefined as never)

    expect(answers).toEqual([null, null, null])
    expect(errors).toHaveLength(3)
    expect(server.requests).toEqual([])
  })
})

describe('PredictionCache', () => {
  const response = predictionFor('any') as PredictionResponse

  it('forgets an answer when its time is over', () => {
    let nowMs = 0
    const cache = new PredictionCache(1000, 10, () => nowMs)
    cache.put(aQuery('a'), response)

    nowMs = 999
    const fresh = cache.get(aQuery('a'))
    nowMs = 1000
    const stale = cache.get(aQuery('a'))

    expect(fresh).toBe(response)
    expect(stale).toBeNull()
    expect(cache.size).toBe(0)
  })

  it('forgets the least recently used answer when it is full', () => {
    const cache = new PredictionCache(1000, 2)
    cache.put(aQuery('a'), response)
    cache.put(aQuery('b'), response)
    cache.get(aQuery('a'))
    cache.put(aQuery('c'), response)

    expect(cache.get(aQuery('a'))).toBe(response)
    expect(cache.get(aQuery('b'))).toBeNull()
    expect(cache.size).toBe(2)
  })

  it('is empty after clear()', () => {
    const cache = new PredictionCache()
    cache.put(aQuery('a'), response)

    cache.clear()

    expect(cache.get(aQuery('a'))).toBeNull()
  })
})
