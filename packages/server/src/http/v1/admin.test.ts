import { afterAll, beforeAll, expect, it } from 'vitest'

import { anEvent } from '../../testing/an-event.ts'
import { instance } from '../../testing/an-observation.ts'
import { ADMIN_TOKEN, aServer, asAdmin, type TestServer } from '../../testing/a-server.ts'
import { filesHolding } from '../../testing/look-into.ts'

const INSTANCES = '/v1/admin/instances'
const ROUTES = [
  ['POST', INSTANCES],
  ['GET', INSTANCES],
  ['POST', `${INSTANCES}/${instance(0)}/keys`],
  ['GET', `${INSTANCES}/${instance(0)}/keys`],
  ['DELETE', '/v1/admin/keys/x'],
] as const

/** For tests that leave no trace in it. */
let unchanged: TestServer
beforeAll(async () => {
  unchanged = await aServer()
})
afterAll(() => unchanged[Symbol.asyncDispose]())

it.each(ROUTES)('is closed without the admin token: %s %s', async (method, path) => {
  const keys = ['', `Bearer ${unchanged.apiKey}`, `Bearer ${ADMIN_TOKEN}x`, `Basic ${ADMIN_TOKEN}`]

  for (const authorization of keys) {
    const response = await fetch(`${unchanged.url}${path}`, { method, headers: { authorization } })

    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  }
})

it('is closed to everybody where the server has no admin token', async () => {
  await using closed = await aServer({ adminToken: undefined })

  for (const [method, path] of ROUTES) {
    for (const authorization of ['', 'Bearer ', 'Bearer null', `Bearer ${ADMIN_TOKEN}`]) {
      const response = await fetch(`${closed.url}${path}`, { method, headers: { authorization } })

      expect(response.status).toBe(401)
    }
  }
})

it('creates an instance, with or without a body', async () => {
  await using server = await aServer()
  const wanted = { name: 'CI', instance_id: instance(7).toUpperCase() }

  const named = await server.post(INSTANCES, wanted, asAdmin)
  const unnamed = await fetch(`${server.url}${INSTANCES}`, { method: 'POST', headers: asAdmin })

  const createdAt = new Date(server.clock.nowMs).toISOString()
  expect(named.status).toBe(201)
  expect(named.body).toEqual({ instance_id: instance(7), name: 'CI', created_at: createdAt, trust: 1 })
  expect(unnamed.status).toBe(201)
  const { body } = await server.get(INSTANCES, asAdmin)
  expect(body.instances).toMatchObject([{ name: 'tests' }, { name: 'CI' }, { name: null }])
})

it('creates no second instance of the same id', async () => {
  await using server = await aServer()

  const answer = await server.post(INSTANCES, { instance_id: instance(0).toUpperCase() }, asAdmin)

  expect([answer.status, answer.body.error.code]).toEqual([409, 'conflict'])
})

it('creates a key that works at once, and shows it only then', async () => {
  await using server = await aServer()
  const path = `${INSTANCES}/${instance(0).toUpperCase()}/keys`
  const expiresAt = new Date(server.clock.nowMs + 1000).toISOString()

  const created = await server.post(path, { label: 'laptop', expires_at: expiresAt }, asAdmin)
  const used = await server.post('/v1/events', anEvent(), {
    authorization: `Bearer ${created.body.api_key}`,
  })
  const listed = await server.get(path, asAdmin)

  const { api_key: apiKey, ...described } = created.body
  expect([created.status, used.status]).toEqual([201, 202])
  expect(apiKey).toMatch(/^[0-9a-f]{64}$/)
  expect(described).toEqual({
    key_id: expect.any(String),
    instance_id: instance(0),
    label: 'laptop',
    prefix: apiKey.slice(0, 8),
    created_at: new Date(server.clock.nowMs).toISOString(),
    last_used_at: null,
    expires_at: expiresAt,
    revoked_at: null,
  })
  expect(listed.body.keys).toContainEqual(described)
})

it('stores no key and never shows one again', async () => {
  await using server = await aServer()
  const { body } = await server.post(`${INSTANCES}/${instance(0)}/keys`, {}, asAdmin)
  await server.post('/v1/events', anEvent(), { authorization: `Bearer ${body.api_key}` })

  const answers = [
    await server.get(INSTANCES, asAdmin),
    await server.get(`${INSTANCES}/${instance(0)}/keys`, asAdmin),
    await server.get('/health'),
    await server.get('/metrics', { accept: 'text/plain' }),
  ]

  for (const secret of [body.api_key, server.apiKey, ADMIN_TOKEN]) {
    expect(filesHolding(server.dataDir, secret)).toEqual([])
    expect(JSON.stringify(answers)).not.toContain(secret)
  }
  expect(filesHolding(server.dataDir, body.prefix)).not.toEqual([])
})

it('revokes a key and says when, also the second time', async () => {
  await using server = await aServer()
  const path = `/v1/admin/keys/${server.keyId}`

  const first = await server.delete(path, asAdmin)
  const revokedAt = new Date(server.clock.nowMs).toISOString()
  server.clock.nowMs += 1000
  const second = await server.delete(path, asAdmin)

  expect(first.body).toMatchObject({ key_id: server.keyId, revoked_at: revokedAt })
  expect(second.body).toEqual(first.body)
})

it('tells the admin, and nobody else, whom predictions count less', async () => {
  await using server = await aServer()

  const listed = await server.get(INSTANCES, asAdmin)
  const metrics = ['instances_set_aside', 'share_violations_total']

  expect(listed.body.instances).toMatchObject([{ trust: 1 }])
  expect(await Promise.all(metrics.map((name) => server.metric(`mosaic_prediction_${name}`)))).toEqual([0, 0])
})

it('deletes an instance: its keys and its share of every answer at once, its id for ever', async () => {
  await using server = await aServer()
  const other = { authorization: `Bearer ${await aKeyOf(server, instance(7))}` }
  await server.post('/v1/events', anEvent({ instance_id: instance(7), actual_input_tokens: 7 }), other)
  for (let n = 0; n < 3; n++) await server.post('/v1/events', anEvent())

  const deleted = await server.delete(`${INSTANCES}/${instance(0).toUpperCase()}`, asAdmin)

  expect([deleted.status, deleted.body]).toEqual([200, { instance_id: instance(0), deleted_events: 3 }])
  const { body } = await server.get(QUERY, other)
  expect([body.metadata.sample_size, body.prediction.input_tokens.median]).toEqual([1, 7])
  expect((await server.post('/v1/events', anEvent())).status).toBe(401)
  expect((await server.get(INSTANCES, asAdmin)).body.instances).toMatchObject([{ instance_id: instance(7) }])
  expect((await server.post(INSTANCES, { instance_id: instance(0) }, asAdmin)).status).toBe(409)
  await server.post('/v1/events', anEvent({ instance_id: instance(7) }), other)
  expect((await server.get(QUERY, other)).body.metadata.sample_size).toBe(2)
})

it.each([
  ['POST', `${INSTANCES}/${instance(5)}/keys`],
  ['GET', `${INSTANCES}/${instance(5)}/keys`],
  ['GET', `${INSTANCES}/no-uuid/keys`],
  ['DELETE', `/v1/admin/keys/${instance(5)}`],
  ['DELETE', `${INSTANCES}/${instance(5)}`],
])('knows nothing of what is not there: %s %s', async (method, path) => {
  const response = await fetch(`${unchanged.url}${path}`, { method, headers: asAdmin })

  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { code: 'not_found' } })
})

it.each([
  [{ name: 7 }, 'name'],
  [{ name: 'x'.repeat(201) }, 'name'],
  [{ instance_id: 'x' }, 'instance_id'],
  [[], ''],
])('refuses an instance of %j', async (body, path) => {
  const answer = await unchanged.post(INSTANCES, body, asAdmin)

  expect([answer.status, answer.body.error.details[0].path]).toEqual([422, path])
})

it.each([
  [{ label: 7 }, 'label'],
  [{ expires_at: 'tomorrow' }, 'expires_at'],
  [{ expires_at: 1_800_000_000 }, 'expires_at'],
])('refuses a key of %j', async (body, path) => {
  const answer = await unchanged.post(`${INSTANCES}/${instance(0)}/keys`, body, asAdmin)

  expect([answer.status, answer.body.error.details[0].path]).toEqual([422, path])
})

const QUERY =
  '/v1/predictions?task_type=implementation&model=claude-sonnet-4-5&provider=anthropic&complexity=medium'

async function aKeyOf(server: TestServer, instanceId: string): Promise<string> {
  await server.post(INSTANCES, { instance_id: instanceId }, asAdmin)
  return (await server.post(`${INSTANCES}/${instanceId}/keys`, {}, asAdmin)).body.api_key
}
