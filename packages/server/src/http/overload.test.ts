import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'

import { databaseFile } from '../local-files.ts'
import { openDatabase } from '../storage/sqlite/open-database.ts'
import { aServer, type TestServer } from '../testing/a-server.ts'
import { anEvent } from '../testing/an-event.ts'

const MIB = 1024 * 1024
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

it('turns a request away unread while the bodies under way leave no room for it', async () => {
  await using server = await aServer({ maxBytesUnderWay: MIB })
  const slow = await anOpenRequest(server, MIB)
  slow.write('{"events":[')
  await expect.poll(() => server.metric('mosaic_http_body_bytes_under_way')).toBe(MIB)

  const answer = await headOfAnswer(server, 1000)

  expect(answer).toMatch(/^HTTP\/1.1 503 /)
  expect(answer).toMatch(/retry-after: 1/i)
  expect(await server.metric('mosaic_requests_turned_away_total{reason="bodies_full"}')).toBe(1)
  slow.destroy()
})

it('has room again when a client leaves in the middle of its body', async () => {
  await using server = await aServer({ maxBytesUnderWay: MIB })
  const slow = await anOpenRequest(server, MIB)
  await expect.poll(() => server.metric('mosaic_http_body_bytes_under_way')).toBe(MIB)

  slow.destroy()

  await expect.poll(() => server.metric('mosaic_http_body_bytes_under_way')).toBe(0)
  expect((await server.post('/v1/events', anEvent())).status).toBe(202)
  await expect.poll(() => server.metric('mosaic_http_body_bytes_under_way')).toBe(0)
})

it('turns events away unread while too many wait, and stores those that wait', async () => {
  await using server = await aServer({ maxWaitingEvents: 100 })
  const blocker = await openDatabase(databaseFile(server.dataDir))
  blocker.exec('BEGIN IMMEDIATE')
  const batch = { events: Array.from({ length: 100 }, () => anEvent()) }
  const underWay = server.post('/v1/events/batch', batch)
  await expect.poll(() => server.metric('mosaic_http_body_bytes_under_way')).toBeGreaterThan(0)
  const waits = server.post('/v1/events/batch', batch)
  await expect.poll(() => server.metric('mosaic_events_waiting')).toBe(100)

  const answer = await headOfAnswer(server, 1000)

  expect(answer).toMatch(/^HTTP\/1.1 503 /)
  expect(answer).toMatch(/retry-after: 1/i)
  expect(await server.metric('mosaic_event_requests_turned_away_total{reason="overloaded"}')).toBe(1)
  blocker.exec('ROLLBACK')
  blocker.close()
  expect([await underWay, await waits].map(({ body }) => body.accepted)).toEqual([100, 100])
})

it('closes connections beyond the limit at once, and counts them', async () => {
  await using server = await aServer({ maxConnections: 3 })
  const { port } = new URL(server.url)
  for (let open = 0; open < 3; open++) {
    sockets.push(connect({ port: Number(port), host: '127.0.0.1' }))
    await once(sockets.at(-1)!, 'connect')
  }

  const another = connect({ port: Number(port), host: '127.0.0.1' })
  sockets.push(another)
  await Promise.race([once(another.resume(), 'close'), once(another, 'error')])

  for (const socket of sockets.splice(0)) socket.destroy()
  await expect
    .poll(() => server.metric('mosaic_requests_turned_away_total{reason="connections_full"}').catch(() => 0))
    .toBeGreaterThan(0)
})

/** A request whose body has not been sent yet. */
async function anOpenRequest(server: TestServer, bodyBytes: number): Promise<Socket> {
  const { port } = new URL(server.url)
  const socket = connect({ port: Number(port), host: '127.0.0.1' })
  sockets.push(socket)
  await once(socket, 'connect')
  socket.write(
    `POST /v1/events/batch HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${server.apiKey}\r\n` +
      `content-type: application/json\r\ncontent-length: ${bodyBytes}\r\n\r\n`,
  )
  return socket
}

/** The answer to a request of which only the head was sent. */
async function headOfAnswer(server: TestServer, bodyBytes: number): Promise<string> {
  const socket = await anOpenRequest(server, bodyBytes)
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return chunk.toString('latin1')
}
