import { gzipSync } from 'node:zlib'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { databaseFile } from '../../local-files.ts'
import { anEvent, eventId } from '../../testing/an-event.ts'
import { instance } from '../../testing/an-observation.ts'
import { aServer, type Answer, asAdmin, type TestServer, withoutKey } from '../../testing/a-server.ts'
import { runChild } from '../../testing/child-process.ts'
import { openRaw } from '../../testing/look-into.ts'

const BATCH = '/v1/events/batch'

/** For tests that leave no trace in it. */
let unchanged: TestServer
beforeAll(async () => {
  unchanged = await aServer()
})
afterAll(() => unchanged[Symbol.asyncDispose]())

describe('401', () => {
  it.each([
    ['without a key', withoutKey],
    ['with an unknown key', { authorization: `Bearer ${'0'.repeat(64)}` }],
    ['with another scheme', { authorization: `Basic ${'0'.repeat(64)}` }],
    ['with the admin token', asAdmin],
  ])('answers a request %s', async (_, headers) => {
    for (const path of [BATCH, '/v1/events', '/v1/predictions/batch']) {
      const answer = await unchanged.post(path, {}, headers)

      expectError(answer, 401, 'unauthenticated')
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  it('answers a key from the moment on at which it expires', async () => {
    await using server = await aServer()
    const expiresAt = new Date(server.clock.nowMs + 60_000).toISOString()
    const path = `/v1/admin/instances/${instance(0)}/keys`
    const { body } = await server.post(path, { expires_at: expiresAt }, asAdmin)
    const headers = { authorization: `Bearer ${body.api_key}` }

    server.clock.nowMs += 59_999
    const before = await server.post('/v1/events', anEvent(), headers)
    server.clock.nowMs += 1
    const after = await server.post('/v1/events', anEvent(), headers)

    expect(before.status).toBe(202)
    expectError(after, 401, 'unauthenticated')
  })

  it('answers a revoked key as soon as the revocation is answered', async () => {
    await using server = await aServer()

    await server.delete(`/v1/admin/keys/${server.keyId}`, asAdmin)

    expectError(await server.post('/v1/events', anEvent()), 401, 'unauthenticated')
  })

  it('answers a key within 5 seconds that another process has revoked', async () => {
    await using server = await aServer()
    expect((await server.post('/v1/events', anEvent())).status).toBe(202)
    const revoking = runChild(
      { file: databaseFile(server.dataDir), keyId: server.keyId },
      `const store = await server.openSqliteStore(given.file)
       await server.administration(store, Date.now).revokeKey(given.keyId)
       await store.close()`,
    )
    expect(await revoking.ended).toMatchObject({ code: 0 })
    const revokedAtMs = performance.now()

    while ((await server.post('/v1/events', anEvent())).status === 202) {
      expect(performance.now() - revokedAtMs).toBeLessThan(5000)
    }

    expectError(await server.post('/v1/events', anEvent()), 401, 'unauthenticated')
  })
})

describe('403', () => {
  it('answers a batch with an event of another instance, and stores nothing of it', async () => {
    await using server = await aServer()
    const foreign = anEvent({ instance_id: instance(1) })

    const answer = await server.post(BATCH, { events: [anEvent({ event_id: eventId(1) }), foreign] })

    expectError(answer, 403, 'instance_mismatch')
    expect(answer.body.error.details).toMatchObject([{ path: 'events.1.instance_id' }])
    const again = await server.post('/v1/events', anEvent({ event_id: eventId(1) }))
    expect(again.body.status).toBe('accepted')
  })

  it('does not answer an instance that is no UUID: that event is invalid, not foreign', async () => {
    await using server = await aServer()

    const answer = await server.post(BATCH, { events: [anEvent({ instance_id: 'x' }), anEvent()] })

    expect(answer.body).toMatchObject({ accepted: 1, results: [{ code: 'invalid' }, {}] })
  })
})

describe('a body that cannot be read', () => {
  it.each([
    ['no JSON', '{"events": [', {}, 400, 'bad_json'],
    ['empty', '', {}, 400, 'bad_json'],
    ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), {}, 400, 'bad_json'],
    ['no gzip although it says so', '{}', { 'content-encoding': 'gzip' }, 400, 'bad_json'],
    ['cut-off gzip', gzipSync('{"a":1}').subarray(0, 20), { 'content-encoding': 'gzip' }, 400, 'bad_json'],
    ['of another type', '{}', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
    ['of another encoding', '{}', { 'content-encoding': 'br' }, 415, 'unsupported_media_type'],
    ['a little too large as sent', ' '.repeat(2 ** 20 + 1), {}, 413, 'body_too_large'],
    ['much too large as sent', ' '.repeat(2 ** 24), {}, 413, 'body_too_large'],
    [
      'too large unpacked',
      gzipSync(' '.repeat(2 ** 23 + 1)),
      { 'content-encoding': 'gzip' },
      413,
      'body_too_large',
    ],
  ] as const)('is refused when it is %s', async (_, body, headers, status, code) => {
    const answer = await unchanged.post(BATCH, body, headers)

    expectError(answer, status, code)
  })

  it('is not refused for its media type while it says JSON with a charset', async () => {
    await using server = await aServer()

    const answer = await server.post('/v1/events', anEvent(), {
      'content-type': 'Application/JSON; charset=utf-8',
    })

    expect(answer.status).toBe(202)
  })
})

describe('422', () => {
  it.each([
    ['no object', [], 'is required'],
    ['null', 'null', 'is required'],
    ['without events', {}, 'is required'],
    ['with events that are no array', { events: {} }, 'must be an array of 1 to 100'],
    ['with no event', { events: [] }, 'must be an array of 1 to 100'],
    [
      'with 101 events',
      { events: Array.from({ length: 101 }, () => anEvent()) },
      'must be an array of 1 to 100',
    ],
  ])('answers an envelope %s', async (_, body, message) => {
    const answer = await unchanged.post(BATCH, body)

    expectError(answer, 422, 'invalid_request')
    expect(answer.body.error.details).toEqual([{ path: 'events', message }])
    expect(answer.body.detail).toEqual([{ loc: ['body', 'events'], msg: message, type: 'value_error' }])
  })

  it('answers a bare event that is no object', async () => {
    expectError(await unchanged.post('/v1/events', [anEvent()]), 422, 'invalid_request')
  })
})

describe('429', () => {
  it('answers the request beyond the limit, and says when to come back', async () => {
    await using server = await aServer({ rateLimitEnabled: true, rateLimitRpm: 2 })

    const first = await server.post('/v1/events', anEvent())
    await server.post('/v1/events', anEvent())
    const refused = await server.post('/v1/events', anEvent())
    server.clock.nowMs += Number(refused.headers.get('retry-after')) * 1000
    const after = await server.post('/v1/events', anEvent())

    expect(first.headers.get('ratelimit')).toBe('"default";r=1;t=30')
    expect(first.headers.get('ratelimit-policy')).toBe('"default";q=2;w=60')
    expect(first.headers.get('x-ratelimit-limit')).toBe('2')
    expectError(refused, 429, 'rate_limited')
    expect(refused.headers.get('retry-after')).toBe('30')
    expect(refused.headers.get('ratelimit')).toBe('"default";r=0;t=60')
    expect(after.status).toBe(202)
  })

  it('is counted for each key', async () => {
    await using server = await aServer({ rateLimitEnabled: true, rateLimitRpm: 1 })
    const { body } = await server.post(`/v1/admin/instances/${instance(0)}/keys`, {}, asAdmin)
    const other = { authorization: `Bearer ${body.api_key}` }

    const statuses = [
      (await server.post('/v1/events', anEvent())).status,
      (await server.post('/v1/events', anEvent())).status,
      (await server.post('/v1/events', anEvent(), other)).status,
    ]

    expect(statuses).toEqual([202, 429, 202])
  })
})

describe('503', () => {
  it('answers all that the store cannot write, stores nothing of it, and ends when the store can again', async () => {
    await using server = await aServer()
    using database = await openRaw(databaseFile(server.dataDir))
    database.exec(
      "CREATE TRIGGER no_space BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk is full at /x'); END",
    )
    const batches = [1, 2, 3].map((number) => ({ events: [anEvent({ event_id: eventId(number) })] }))

    const refused = await Promise.all(batches.map((batch) => server.post(BATCH, batch)))
    const health = await server.get('/health')
    database.exec('DROP TRIGGER no_space')
    const accepted = await Promise.all(batches.map((batch) => server.post(BATCH, batch)))

    for (const answer of refused) {
      expectError(answer, 503, 'unavailable')
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(health.status).toBe(200)
    expect(accepted.map(({ body }) => body.accepted)).toEqual([1, 1, 1])
    expect(await server.metric('mosaic_event_requests_turned_away_total{reason="unavailable"}')).toBe(3)
  })

  it('answers at once what would have to wait behind too many events', async () => {
    await using server = await aServer({ maxWaitingEvents: 100 })
    using database = await openRaw(databaseFile(server.dataDir))
    const events = Array.from({ length: 100 }, () => anEvent())
    database.exec('BEGIN IMMEDIATE') // the server's writer waits for its turn from here on

    const underWayAndWaiting = [server.post(BATCH, { events }), server.post(BATCH, { events })]
    while ((await server.metric('mosaic_events_waiting')) < 100);
    const refused = await server.post('/v1/events', anEvent())
    database.exec('ROLLBACK')

    expectError(refused, 503, 'unavailable')
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await Promise.all(underWayAndWaiting)).map(({ body }) => body.accepted)).toEqual([100, 100])
    expect(await server.metric('mosaic_event_requests_turned_away_total{reason="overloaded"}')).toBe(1)
  })
})

function expectError(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body.error?.code]).toEqual([status, code])
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  const { error, detail } = answer.body
  expect(error).toEqual({ code, message: expect.any(String), details: expect.any(Array) })
  if (status !== 422) expect(detail).toBe(error.message)
  // No stack trace, no SQL, no path, no key.
  expect(JSON.stringify(answer.body)).not.toMatch(/\bat .*:\d+|SQLITE|INSERT|TRIGGER|disk|\/x|[0-9a-f]{64}/)
}
