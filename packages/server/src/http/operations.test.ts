import { networkInterfaces } from 'node:os'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { anEvent, eventId } from '../testing/an-event.ts'
import { aServer, withoutKey } from '../testing/a-server.ts'
import { version } from '../version.ts'

it('tells how it is, with the path of its file, to a caller on this machine', async () => {
  await using server = await aServer()

  const { status, body } = await server.get('/health', withoutKey)

  const storage = {
    engine: 'sqlite',
    size_bytes: expect.any(Number),
    journal_mode: 'wal',
    synchronous: 'FULL',
    db_path: join(server.dataDir, 'telemetry.db'),
  }
  expect(status).toBe(200)
  expect(body).toEqual({ status: 'ok', version, storage, ...storage })
})

it('keeps the path of its file from a caller on another machine', async () => {
  await using server = await aServer({ host: '0.0.0.0', auth: true, authToken: 'a token of 16 characters' })
  const { port } = new URL(server.url)
  // A request to this machine's own outer address comes from that address, as another machine's would.
  const outer = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)
  expect(outer, 'this machine has no network; that is what this test is about').toBeDefined()

  const response = await fetch(`http://${outer?.address}:${port}/health`)

  const text = await response.text()
  expect(response.status).toBe(200)
  expect(text).toContain('"engine":"sqlite"')
  expect(text).not.toContain(server.dataDir)
})

it('is ready when it answers', async () => {
  await using server = await aServer()

  const answer = await server.get('/ready', withoutKey)

  expect([answer.status, answer.body]).toEqual([200, { status: 'ready' }])
})

it('counts what becomes of events and requests', async () => {
  await using server = await aServer()
  const event = anEvent({ event_id: eventId(1) })

  await server.post('/v1/events/batch', {
    events: [event, event, anEvent(), anEvent({ retry_count: -1 }), anEvent({ schema_version: '3.0' })],
  })
  await server.post('/v1/events', anEvent({ instance_id: eventId(9) }))

  const counted = async (name: string) => server.metric(name)
  expect(await counted('mosaic_events_accepted_total')).toBe(2)
  expect(await counted('mosaic_events_rejected_total{code="duplicate"}')).toBe(1)
  expect(await counted('mosaic_events_rejected_total{code="invalid"}')).toBe(1)
  expect(await counted('mosaic_events_rejected_total{code="unsupported_schema"}')).toBe(1)
  expect(await counted('mosaic_event_requests_turned_away_total{reason="refused"}')).toBe(1)
  expect(await counted('mosaic_commit_duration_seconds_count')).toBe(1)
  expect(await counted('mosaic_commit_events_sum')).toBe(3)
  expect(
    await counted('mosaic_http_request_duration_seconds_count{route="/v1/events/batch",status="202"}'),
  ).toBe(1)
})

it('counts stored events that predictions leave out', async () => {
  await using server = await aServer()

  await server.post('/v1/events', anEvent({ actual_input_tokens: 0, actual_output_tokens: 0 }))

  const leftOut = (reason: string) =>
    server.metric(`mosaic_prediction_events_left_out_total{reason="${reason}"}`)
  expect(await leftOut('no_usage')).toBe(1)
  expect(await leftOut('beyond_crowd')).toBe(0)
})

it('knows from the start every reason for which it counts losses', async () => {
  await using server = await aServer()

  const { body } = await server.get('/metrics', { accept: 'application/openmetrics-text' })

  for (const line of [
    'mosaic_events_accepted_total 0',
    'mosaic_events_rejected_total{code="duplicate"} 0',
    'mosaic_events_rejected_total{code="invalid"} 0',
    'mosaic_events_rejected_total{code="unsupported_schema"} 0',
    'mosaic_event_requests_turned_away_total{reason="refused"} 0',
    'mosaic_event_requests_turned_away_total{reason="overloaded"} 0',
    'mosaic_event_requests_turned_away_total{reason="unavailable"} 0',
    'mosaic_requests_turned_away_total{reason="bodies_full"} 0',
    'mosaic_requests_turned_away_total{reason="connections_full"} 0',
  ]) {
    expect(body.split('\n')).toContain(line)
  }
})

it('says how far the saved predictions lag behind the events, and how large the store is', async () => {
  await using server = await aServer()

  await server.post('/v1/events/batch', { events: [anEvent(), anEvent()] })

  expect(await server.metric('mosaic_prediction_events_unsaved')).toBe(2)
  expect(await server.metric('mosaic_store_size_bytes')).toBeGreaterThan(10_000)
})

it('counts unknown addresses as one, so that nobody fills the metrics', async () => {
  await using server = await aServer()

  await server.get('/one')
  await server.get('/two')

  const { body } = await server.get('/metrics', { accept: 'text/plain' })
  expect(await server.metric('mosaic_http_request_duration_seconds_count{route="none",status="404"}')).toBe(2)
  expect(body).not.toContain('/one')
})

it('publishes the schema of an event', async () => {
  await using server = await aServer()

  const answer = await server.get('/v1/schema/task-completion-event.json', withoutKey)

  expect(answer.headers.get('content-type')).toBe('application/schema+json; charset=utf-8')
  expect(answer.body).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    properties: { task_duration_ms: { maximum: 86_400_000 } },
  })
})
