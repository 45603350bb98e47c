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

it('asks for a key unless predictions are public', async () => {
  await using server = await aServer()
  await using open = await aServer({ publicPredictions: true })
  const body = { queries: [aQuery] }

  expect((await server.post(BATCH, body, withoutKey)).status).toBe(401)
  expect((await open.post(BATCH, body, withoutKey)).status).toBe(200)
  expect((await open.post(BATCH, body, { authorization: 'Bearer wrong' })).status).toBe(401)
  expect((await open.post('/v1/events', anEvent(), withoutKey)).status).toBe(401)
})
