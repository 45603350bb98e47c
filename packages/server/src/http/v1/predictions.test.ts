import { expect, it } from 'vitest'

import { anEvent } from '../../testing/an-event.ts'
import { aQuery } from '../../testing/an-observation.ts'
import { aServer, withoutKey } from '../../testing/a-server.ts'

const BATCH = '/v1/predictions/batch'

it('answers queries index for index', async () => {
  await using server = await aServer()
  await server.post('/v1/events/batch', { events: Array.from({ length: 5 }, () => anEvent()) })

  const { status, body } = await server.post(BATCH, {
    queries: [aQuery, { ...aQuery, model: 'other' }, aQuery],
  })

  expect(status).toBe(200)
  expect(body.results.map((each: { metadata: object }) => each.metadata)).toMatchObject([
    { fallback_level: 0, sample_size: 5 },
    { fallback_level: expect.any(Number), dimensions_matched: { model: null } },
    { fallback_level: 0, sample_size: 5 },
  ])
})

it('answers one query by its parameters with what the batch answers', async () => {
  await using server = await aServer()
  await server.post('/v1/events', anEvent())

  const one = await server.get(`/v1/predictions?${new URLSearchParams({ ...aQuery })}`)
  const batch = await server.post(BATCH, { queries: [aQuery] })

  expect(one.status).toBe(200)
  expect({ ...one.body, metadata: { ...one.body.metadata, cache_hit: true } }).toEqual(batch.body.results[0])
})

it('says that it knows nothing while it knows nothing', async () => {
  await using server = await aServer()

  const { body } = await server.post(BATCH, { queries: [aQuery] })

  expect(body.results).toMatchObject([{ prediction: null, metadata: { fallback_level: -1, sample_size: 0 } }])
})

it('refuses the batch where one query is wrong, and names its place', async () => {
  await using server = await aServer()

  const answer = await server.post(BATCH, { queries: [aQuery, { ...aQuery, complexity: 'huge' }, 7] })

  expect(answer.status).toBe(422)
  expect(answer.body.error.details).toEqual([
    { path: 'queries.1.complexity', message: 'must be one of: low, medium, high, critical' },
    { path: 'queries.2', message: 'must be an object' },
  ])
  expect(answer.body.detail[0].loc).toEqual(['body', 'queries', 1, 'complexity'])
})

it.each([{}, { queries: [] }, { queries: Array(101).fill(aQuery) }])(
  'refuses an envelope that is wrong',
  async (body) => {
    await using server = await aServer()

    const answer = await server.post(BATCH, body)

    expect([answer.status, answer.body.error.details[0].path]).toEqual([422, 'queries'])
  },
)

it('refuses parameters that are missing or given twice', async () => {
  await using server = await aServer()
  const query = `${new URLSearchParams({ ...aQuery })}`

  const missing = await server.get('/v1/predictions?task_type=testing')
  const twice = await server.get(`/v1/predictions?${query}&model=other`)

  expect(missing.body.error.details.map((detail: { path: string }) => detail.path)).toEqual([
    'model',
    'provider',
    'complexity',
  ])
  expect([twice.status, twice.body.error.message]).toEqual([422, 'model: must be a string'])
})

it('says how likely a budget is to be exceeded, asked by parameter or in a batch', async () => {
  await using server = await aServer()
  const events = Array.from({ length: 30 }, (_, n) => anEvent({ actual_cost_usd_micros: 5000 + n * 100 }))
  await server.post('/v1/events/batch', { events })
  const ask = async (budgets = {}) => {
    const { body } = await server.get(`/v1/predictions?${new URLSearchParams({ ...aQuery, ...budgets })}`)
    return body.forecast
  }
  await expect.poll(() => ask(), { timeout: 10_000 }).toBeDefined()
  const { p50 } = (await ask()).cost_usd_micros

  const exceeds = (await ask({ budget_cost_usd_micros: p50, budget_duration_ms: 0 })).exceeds
  const batch = await server.post(BATCH, {
    queries: [{ ...aQuery, budget_cost_usd_micros: p50, budget_duration_ms: 0 }, aQuery],
  })

  expect(exceeds).toEqual([
    { metric: 'cost_usd_micros', budget: p50, probability: expect.closeTo(0.5, 2) },
    { metric: 'duration_ms', budget: 0, probability: 1 },
  ])
  expect(batch.body.results[0].forecast.exceeds).toEqual(exceeds)
  expect(batch.body.results[1].forecast.exceeds).toEqual([])
})

it.each([
  ['12.5', 'must be an integer'],
  ['-1', 'must be an integer'],
  ['', 'must be an integer'],
  ['two', 'must be an integer'],
  ['9007199254740993', 'must be <= 9007199254740991'],
])('refuses the budget %j as a parameter', async (budget, message) => {
  await using server = await aServer()

  const answer = await server.get(
    `/v1/predictions?${new URLSearchParams({ ...aQuery, budget_cost_usd_micros: budget })}`,
  )

  expect(answer.status).toBe(422)
  expect(answer.body.error.details).toEqual([{ path: 'budget_cost_usd_micros', message }])
})

it('refuses the batch where a budget is no number of units, and takes null for none', async () => {
  await using server = await aServer()

  const { status, body } = await server.post(BATCH, {
    queries: [
      { ...aQuery, budget_duration_ms: null },
      { ...aQuery, budget_duration_ms: -5, budget_input_tokens: '1000' },
    ],
  })

  expect(status).toBe(422)
  expect(body.error.details).toEqual([
    { path: 'queries.1.budget_input_tokens', message: 'must be an integer' },
    { path: 'queries.1.budget_duration_ms', message: 'must be >= 0' },
  ])
})

it('asks for a key unless predictions are public', async () => {
  await using server = await aServer()
  await using open = await aServer({ publicPredictions: true })
  const body = { queries: [aQuery] }

  expect((await server.post(BATCH, body, withoutKey)).status).toBe(401)
  expect((await open.post(BATCH, body, withoutKey)).status).toBe(200)
  expect((await open.post(BATCH, body, { authorization: 'Bearer wrong' })).status).toBe(401)
  expect((await open.post('/v1/events', anEvent(), withoutKey)).status).toBe(401)
})
