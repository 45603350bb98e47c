import { gzipSync } from 'node:zlib'

import { expect, it } from 'vitest'

import { databaseFile } from '../../local-files.ts'
import { anEvent, eventId } from '../../testing/an-event.ts'
import { instance } from '../../testing/an-observation.ts'
import { aServer } from '../../testing/a-server.ts'
import { filesHolding, openRaw } from '../../testing/look-into.ts'

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/

it('answers each event of a batch at its place, and one bad event costs no other', async () => {
  await using server = await aServer()
  const first = anEvent({ event_id: eventId(1) })

  const answer = await server.post('/v1/events/batch', {
    events: [
      first,
      anEvent({ event_id: eventId(2), task_duration_ms: 86_400_001 }),
      first,
      anEvent({ event_id: eventId(3), schema_version: '2.0' }),
      null,
      anEvent({ event_id: 'no uuid' }),
      anEvent({ event_id: eventId(4), schema_version: '1.7' }),
    ],
  })

  expect(answer.status).toBe(202)
  expect(answer.body).toEqual({
    accepted: 2,
    rejected: 5,
    results: [
      { event_id: eventId(1), status: 'accepted', error: null },
      {
        event_id: eventId(2),
        status: 'rejected',
        error: 'task_duration_ms: must be <= 86400000',
        code: 'invalid',
      },
      { event_id: eventId(1), status: 'rejected', error: 'duplicate event_id', code: 'duplicate' },
      {
        event_id: eventId(3),
        status: 'rejected',
        error: expect.stringMatching(/^schema_version: /),
        code: 'unsupported_schema',
      },
      { event_id: null, status: 'rejected', error: 'must be an object', code: 'invalid' },
      { event_id: null, status: 'rejected', error: 'event_id: must be a UUID', code: 'invalid' },
      { event_id: eventId(4), status: 'accepted', error: null },
    ],
  })
})

it('calls every event of a repeated batch a duplicate and stores none again', async () => {
  await using server = await aServer()
  const batch = { events: [1, 2, 3].map((number) => anEvent({ event_id: eventId(number) })) }
  await server.post('/v1/events/batch', batch)

  const repeated = await server.post('/v1/events/batch', batch)

  expect(repeated.status).toBe(202)
  expect(repeated.body.results.map((result: { code: string }) => result.code)).toEqual(
    Array(3).fill('duplicate'),
  )
  expect(await storedEvents(server.dataDir)).toHaveLength(3)
})

it('makes an id for each event that has none', async () => {
  await using server = await aServer()

  const { body } = await server.post('/v1/events/batch', { events: [anEvent(), anEvent()] })

  const ids: string[] = body.results.map((result: { event_id: string }) => result.event_id)
  expect(ids.every((id) => UUID.test(id))).toBe(true)
  expect(new Set(ids).size).toBe(2)
  expect(await storedEvents(server.dataDir)).toMatchObject(ids.map((id) => ({ event_id: id })))
})

it('reads ids in either case and keeps them in lower case', async () => {
  await using server = await aServer()
  const id = 'ABCDEF00-0000-4000-8000-0000000000AB'
  const event = anEvent({ instance_id: instance(0).toUpperCase(), event_id: id })

  const first = await server.post('/v1/events', event)
  const again = await server.post('/v1/events', { ...event, event_id: id.toLowerCase() })

  expect(first.body).toEqual({ event_id: id.toLowerCase(), status: 'accepted', error: null })
  expect(again.body).toMatchObject({ event_id: id.toLowerCase(), code: 'duplicate' })
})

it('answers a bare event with its single result', async () => {
  await using server = await aServer()

  const accepted = await server.post('/v1/events', anEvent({ event_id: eventId(1) }))
  const rejected = await server.post('/v1/events', anEvent({ event_id: eventId(2), retry_count: 21 }))

  expect([accepted.status, rejected.status]).toEqual([202, 202])
  expect(accepted.body).toEqual({ event_id: eventId(1), status: 'accepted', error: null })
  expect(rejected.body).toEqual({
    event_id: eventId(2),
    status: 'rejected',
    error: 'retry_count: must be <= 20',
    code: 'invalid',
  })
})

it('unpacks a gzipped body', async () => {
  await using server = await aServer()
  const batch = gzipSync(JSON.stringify({ events: [anEvent(), anEvent()] }))

  const answer = await server.post('/v1/events/batch', batch, { 'content-encoding': 'gzip' })

  expect([answer.status, answer.body.accepted]).toEqual([202, 2])
})

it('takes 100 events in one batch', async () => {
  await using server = await aServer()

  const answer = await server.post('/v1/events/batch', {
    events: Array.from({ length: 100 }, () => anEvent()),
  })

  expect([answer.status, answer.body.accepted]).toEqual([202, 100])
})

it('stores the moment of arrival for an event without a timestamp, and every field at its limit', async () => {
  await using server = await aServer()
  const events = [
    anEvent({ event_id: eventId(1) }),
    anEvent({
      event_id: eventId(2),
      timestamp: '2026-02-14T13:00:00.123456+01:00',
      actual_input_tokens: 10_000_000,
      actual_cost_usd_micros: 100_000_000,
      quality_gates_run: ['lint', 'build', 'lint'],
      language: '語'.repeat(30),
      repo_size_category: 'huge',
    }),
  ]

  await server.post('/v1/events/batch', { events })

  const [arrival, full] = await storedEvents(server.dataDir)
  expect(arrival).toMatchObject({ timestamp_us: server.clock.nowMs * 1000, language: null })
  expect(full).toMatchObject({
    received_at_ms: server.clock.nowMs,
    timestamp_us: Date.UTC(2026, 1, 14, 12) * 1000 + 123_456,
    actual_input_tokens: 10_000_000,
    actual_cost_usd_micros: 100_000_000,
    quality_gates_run: 0b11,
    language: '語'.repeat(30),
    repo_size_category: 4,
  })
})

it('reads a whole number that is written with a fraction of zero, and nothing else', async () => {
  await using server = await aServer()
  const json = JSON.stringify({ events: [anEvent(), anEvent()] })

  const answer = await server.post(
    '/v1/events/batch',
    json
      .replace('"task_duration_ms":60000', '"task_duration_ms":45000.0')
      .replace('"retry_count":0', '"retry_count":0.5'),
  )

  expect(answer.body.results).toMatchObject([
    { status: 'rejected', error: 'retry_count: must be an integer' },
    { status: 'accepted' },
  ])
})

it('never stores a field that is not in the schema', async () => {
  await using server = await aServer()
  const secret = 'a prompt that nobody may ever see'
  const event = { ...anEvent(), prompt: secret, __proto__x: secret, model_path: `/home/${secret}` }

  const answer = await server.post('/v1/events', event)

  expect(answer.body.status).toBe('accepted')
  expect(filesHolding(server.dataDir, 'claude-sonnet-4-5')).not.toEqual([])
  expect(filesHolding(server.dataDir, secret)).toEqual([])
})

it('has an accepted event in the next prediction', async () => {
  await using server = await aServer()
  const query = 'task_type=implementation&model=claude-sonnet-4-5&provider=anthropic&complexity=medium'

  for (let size = 1; size <= 5; size++) {
    await server.post('/v1/events', anEvent())
    const { body } = await server.get(`/v1/predictions?${query}`)

    expect(body.metadata?.sample_size, JSON.stringify(body)).toBe(size)
  }
})

/** The events of the database in the order of storing, with their words and ids readable. */
async function storedEvents(dataDir: string): Promise<Record<string, unknown>[]> {
  using database = await openRaw(databaseFile(dataDir))
  return database
    .prepare(
      `SELECT events.*, hex(event_id) AS id, language.word AS language
         FROM events LEFT JOIN words AS language ON language.word_no = events.language ORDER BY position`,
    )
    .all()
    .map((row) => Object.assign({}, row, { event_id: hyphenated(String(row['id']).toLowerCase()) }))
}

function hyphenated(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
