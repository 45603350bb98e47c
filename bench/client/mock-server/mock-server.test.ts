import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mosaic } from '../adapters/mosaic.ts'
import { benchEvent, eventId } from '../event.ts'
import { MockServer } from './mock-server.ts'

let server: MockServer

beforeEach(async () => {
  server = new MockServer(mosaic)
  await server.up()
})

afterEach(async () => {
  await server.down()
})

async function send(...indexes: number[]): Promise<Response> {
  const body = gzipSync(JSON.stringify({ events: indexes.map((index) => benchEvent(index)) }))
  return await fetch(server.url, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body })
}

describe('the mock server', () => {
  it('counts copies beyond the first as duplicates', async () => {
    await send(1, 2)
    await send(2)

    expect([server.counts.distinct, server.counts.duplicates]).toEqual([2, 1])
  })

  it('counts nothing of a request that it refuses', async () => {
    server.play(() => ({ kind: 'refuse', status: 429, retryAfterS: 2 }))

    const response = await send(1)

    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '2'])
    expect(server.counts.distinct).toBe(0)
  })

  it('keeps what it took before it cuts the connection', async () => {
    server.play(() => ({ kind: 'commit_then_reset' }))

    await expect(send(1)).rejects.toThrow('fetch failed')
    expect(server.counts.has(eventId(1))).toBe(true)
  })

  it('takes all but the poison event where the protocol has an answer for it', async () => {
    server.play(() => ({ kind: 'accept_partly', poison: new Set([eventId(2)]) }))

    const answer = (await (await send(1, 2)).json()) as { accepted: number; rejected: number }

    expect(answer).toMatchObject({ accepted: 1, rejected: 1 })
    expect(server.counts.has(eventId(2))).toBe(false)
  })

  it('spends no fault on a request without events', async () => {
    server.play(({ nth }) => (nth === 1 ? { kind: 'refuse', status: 500 } : { kind: 'accept' }))
    await fetch(server.url, { method: 'POST', body: '{}' })

    const response = await send(1)

    expect(response.status).toBe(500)
  })

  it('refuses connections while it is down and listens on the same port again', async () => {
    const before = server.url
    await server.down()

    await expect(fetch(before, { method: 'POST', body: '{}' })).rejects.toThrow('fetch failed')
    await server.up()
    expect((await fetch(before, { method: 'POST', body: '{}' })).status).toBe(200)
  })
})
