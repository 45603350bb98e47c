import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'

import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'

import { floorRows, type FloorRows } from './floor-columns.ts'

/**
 * The floor: what ingest must cost on this machine and no server can undercut. `node:http`, `JSON.parse`, the same
 * columns into the same table with the same unique key, one writer thread fed flat arrays, group commit, fsync. No
 * auth, no validation, no predictions, no logs, no counters, and an answer that is one number.
 */
const writer = new Worker(new URL('floor-writer.js', import.meta.url), {
  workerData: process.argv[2],
  execArgv: ['--disable-warning=ExperimentalWarning'],
})
let waiting: Waiting[] = []
let committing: readonly Waiting[] | undefined

interface Waiting {
  readonly rows: FloorRows
  readonly response: ServerResponse
}

writer.on('message', (stored: readonly number[]) => {
  for (const [index, { response }] of (committing ?? []).entries()) answer(response, stored[index] ?? 0)
  committing = undefined
  commitWaiting()
})

function commitWaiting(): void {
  if (committing !== undefined || waiting.length === 0) return
  committing = waiting
  waiting = []
  writer.postMessage(committing.map(({ rows }) => rows))
}

function answer(response: ServerResponse, stored: number): void {
  const body = `{"accepted":${stored}}`
  response.writeHead(202, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as
      | TaskCompletionEvent
      | { readonly events: readonly TaskCompletionEvent[] }
    const events = 'events' in body ? body.events : [body]
    waiting.push({ rows: floorRows(events, Date.now()), response })
    // Requests of the same turn of the event loop go together.
    queueMicrotask(commitWaiting)
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.on('SIGTERM', () => {
  server.closeAllConnections()
  server.close(() => void writer.terminate())
})
