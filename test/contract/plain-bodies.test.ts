import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

import { TelemetryClient } from '@mosaicstack/telemetry-client'
import { expect, it } from 'vitest'

import { readTaskRecords } from '../../packages/cli/src/demo/task-records.ts'
import { PlainEventReader } from '../../packages/server/src/ingest/plain/plain-events.ts'
import { vectorInstanceId } from './vectors.ts'

it('takes the fast path for every body in which the SDK sends the bundled tasks', async () => {
  const records = readTaskRecords()
  await using server = await keepingBodies()
  const client = new TelemetryClient({
    serverUrl: server.url,
    apiKey: '0'.repeat(64),
    instanceId: vectorInstanceId,
    maxQueueSize: records.length,
  })
  client.start()

  for (const { event } of records) client.track(client.eventBuilder.build(event))
  await client.stop({ timeoutMs: 20_000 })

  const reader = new PlainEventReader()
  const owner = { instanceId: vectorInstanceId, instanceNo: 1 }
  const rows = server.bodies.map((body) => reader.read(body, 'batch', owner, Date.now())?.rows.count)
  expect(rows).not.toContain(undefined)
  expect(rows.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(records.length)
})

/** A server that keeps every body as its bytes, and takes every event. */
async function keepingBodies(): Promise<{ url: string; bodies: Buffer[] } & AsyncDisposable> {
  const bodies: Buffer[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const sent = Buffer.concat(chunks)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
    bodies.push(body)
    const { events } = JSON.parse(body.toString()) as { events: { event_id: string }[] }
    const results = events.map(({ event_id }) => ({ event_id, status: 'accepted', error: null }))
    response.writeHead(202, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ accepted: results.length, rejected: 0, results }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
