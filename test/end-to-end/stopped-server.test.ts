import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { aTempDir } from '../../packages/server/src/testing/temp-dir.ts'
import { Senders } from './sender.ts'
import { startServerProcess } from './server-process.ts'
import { savedAndRebuiltUnits, storedEventIds } from './stored.ts'

it.each(['SIGTERM', 'SIGINT'] as const)(
  'drains at a %s under load: it ends well and soon, and nothing acknowledged is lost',
  async (signal) => {
    using directory = aTempDir()
    const server = await startServerProcess(directory.path)
    const senders = new Senders(6)
    const sending = senders.run(server)
    while (senders.acknowledged.size < 2000) await sleep(5)

    const ending = await server.end(signal)
    await sending

    expect(ending).toMatchObject({ code: 0, signal: null })
    expect(ending.tookMs).toBeLessThan(5000)
    expect(senders.refusals).toEqual([])
    const stored = new Set(await storedEventIds(directory.path))
    expect([...senders.acknowledged].filter((id) => !stored.has(id))).toEqual([])
    const { saved, rebuilt } = await savedAndRebuiltUnits(directory.path)
    expect(saved).toEqual(rebuilt)
  },
)

it('does not wait longer than its limit for a request that never ends', async () => {
  using directory = aTempDir()
  const server = await startServerProcess(directory.path, ['--stop-timeout-ms', '300'])
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.on('error', () => {})
  socket.write(
    `POST /v1/events HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${server.apiKey}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n{',
  )
  await once(socket, 'data') // "100 Continue": the server has begun to read the body

  const ending = await server.end('SIGTERM')

  socket.destroy()
  expect(ending).toMatchObject({ code: 0, signal: null })
  expect(ending.tookMs).toBeGreaterThan(250)
  expect(ending.tookMs).toBeLessThan(3000)
})

it('says nothing on standard output but where it answers', async () => {
  using directory = aTempDir()
  const server = await startServerProcess(directory.path)

  const ending = await server.end('SIGTERM')

  expect(ending.stdout).toBe(`${server.url}\n`)
})
