import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

import { quantile } from '../harness/quantile.ts'
import { runRecord } from './a-run-record.ts'

/** What the child is told, as its first argument. */
export interface Load {
  readonly port: number
  readonly connections: number
  /** Runs in a request; 0 sends single creates. */
  readonly batch: number
  readonly seconds: number
  /** Makes ids of this load differ from every other's. */
  readonly tag: string
}

/** What it has seen, on its stdout. */
export interface LoadResult {
  readonly runs: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers other than 200 and 201. */
  readonly failures: number
}

/**
 * Closed loops over keep-alive connections, one request under way on each. It speaks HTTP over bare sockets, because
 * it shares the machine with the server it measures: `node:http` would take as much of it as the server.
 */
const load = JSON.parse(process.argv[2] ?? '{}') as Load
const [before, between, after] = JSON.stringify(runRecord({ event_id: '<id>', run_id: '<id>' })).split('<id>')
let sent = 0
let failures = 0
const latenciesMs: number[] = []

function nextRun(): string {
  const id = `${load.tag}-${sent++}`
  return `${before}${id}${between}20261121T120000Z-${id}${after}`
}

function nextRequest(): string {
  const body = load.batch === 0 ? nextRun() : `[${Array.from({ length: load.batch }, nextRun).join()}]`
  const path = load.batch === 0 ? '/api/v1/runs' : '/api/v1/runs/batch'
  return `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${load.port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** Whether a whole answer has arrived; they are short and come in one piece or two. */
function isWhole(answer: string): boolean {
  const bodyAt = answer.indexOf('\r\n\r\n')
  const length = /content-length: (\d+)/i.exec(answer)?.[1]
  return bodyAt >= 0 && length !== undefined && answer.length >= bodyAt + 4 + Number(length)
}

function runLoop(socket: Socket, endsAtMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let answered = 0
    let sentAtMs = 0
    let answer = ''
    const send = () => {
      const request = nextRequest()
      sentAtMs = performance.now()
      socket.write(request)
    }
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (!isWhole(answer)) return
      const nowMs = performance.now()
      latenciesMs.push(nowMs - sentAtMs)
      if (/^HTTP\/1.1 20[01] /.test(answer)) answered++
      else failures++
      answer = ''
      if (nowMs < endsAtMs) return send()
      socket.destroy()
      resolve(answered)
    })
    socket.on('error', reject)
    send()
  })
}

const sockets = await Promise.all(
  Array.from(
    { length: load.connections },
    () =>
      new Promise<Socket>((resolve, reject) => {
        const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
        socket.on('error', reject)
      }),
  ),
)
const startedAtMs = performance.now()
const answered = await Promise.all(
  sockets.map((socket) => runLoop(socket, startedAtMs + load.seconds * 1000)),
)
const result: LoadResult = {
  runs: answered.reduce((sum, count) => sum + count, 0) * Math.max(1, load.batch),
  seconds: (performance.now() - startedAtMs) / 1000,
  p50Ms: quantile(latenciesMs, 0.5),
  p99Ms: quantile(latenciesMs, 0.99),
  failures,
}
process.stdout.write(JSON.stringify(result))
