import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { aRunServer, type RunServer } from '../../testing/a-run-server.ts'
import { aRun } from '../../testing/a-run.ts'

let server: RunServer
beforeAll(async () => {
  server = await aRunServer()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

async function aTimeline(eventId: string): Promise<string> {
  await server.post('/api/v1/runs', aRun({ event_id: eventId }))
  return `/api/v1/runs/${eventId}/events`
}

const at = (second: number) => `2026-11-21T12:00:${String(second).padStart(2, '0')}Z`

describe('the timeline of a run', () => {
  it('reads back in the order in which it happened, whatever the order of arrival', async () => {
    const path = await aTimeline('order')
    await server.post(path, [
      { event_type: 'third', timestamp: at(3), payload: { deep: [1, null] } },
      { event_type: 'first', timestamp: '2026-11-21T13:00:01+01:00' },
    ])
    await server.post(path, { events: [{ event_type: 'second', timestamp: at(2), payload: null }] })

    const { body } = await server.get(path)

    expect(body).toEqual([
      { event_id: null, event_type: 'first', timestamp: '2026-11-21T13:00:01+01:00', payload: null },
      { event_id: null, event_type: 'second', timestamp: at(2), payload: null },
      { event_id: null, event_type: 'third', timestamp: at(3), payload: { deep: [1, null] } },
    ])
  })

  it('keeps the order of arrival within one moment', async () => {
    const path = await aTimeline('moment')
    const entries = Array.from({ length: 20 }, (_, index) => ({ event_type: `e${index}`, timestamp: at(0) }))
    await server.post(path, entries)

    const { body } = await server.get(path)

    expect(body.map(({ event_type: type }: { event_type: string }) => type)).toEqual(
      entries.map(({ event_type: type }) => type),
    )
  })

  it('holds an entry with an event_id once, however often it is sent', async () => {
    const path = await aTimeline('repeats')
    const entry = { event_id: 'once', event_type: 'checkpoint', timestamp: at(0) }

    const answer = await server.post(path, [entry, entry])
    await server.post(path, [entry])

    expect(answer).toMatchObject({ status: 201, body: { event_id: 'repeats', added: 2 } })
    expect((await server.get(path)).body).toHaveLength(1)
  })

  it('is empty where nothing was said, and 404 where there is no run', async () => {
    const path = await aTimeline('empty')
    const entry = { event_type: 'checkpoint', timestamp: at(0) }

    expect((await server.get(path)).body).toEqual([])
    expect((await server.get('/api/v1/runs/nobody/events')).status).toBe(404)
    expect((await server.post('/api/v1/runs/nobody/events', [entry])).status).toBe(404)
  })

  it.each([
    ['events.1.event_type', { timestamp: at(0) }],
    ['events.1.timestamp', { event_type: 'a', timestamp: 'now' }],
    ['events.1.event_id', { event_type: 'a', timestamp: at(0), event_id: '' }],
    ['events.1', null],
    ['events.1.event_type', []],
  ])('refuses the whole request where %s is wrong', async (path, entry) => {
    const timeline = await aTimeline('refused')

    const answer = await server.post(timeline, [{ event_type: 'good', timestamp: at(0) }, entry])

    expect(answer.status).toBe(422)
    expect(answer.body.error.details[0].path).toBe(path)
    expect((await server.get(timeline)).body).toEqual([])
  })

  it('refuses a payload nested so deep that nobody could write it out again', async () => {
    const timeline = await aTimeline('deep')
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`

    const answer = await server.post(
      timeline,
      `[{"event_type":"a","timestamp":"${at(0)}","payload":${deep}}]`,
    )

    expect(answer.status).toBe(422)
    expect(answer.body.error.details[0].path).toBe('events.0.payload')
  })
})
