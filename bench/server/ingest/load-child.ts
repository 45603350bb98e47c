import { performance } from 'node:perf_hooks'

import type { IdOrder } from './event-ids.ts'
import { renderRequests, type EventRequest } from './event-request.ts'
import { KeepAliveConnection } from './keep-alive-connection.ts'
import { quantile } from '../harness/quantile.ts'

/** What the child is told, as its first argument. */
export interface Load {
  readonly port: number
  readonly connections: number
  readonly perBatch: number
  readonly ids: IdOrder
  readonly warmUpSeconds: number
  readonly seconds: number
  /** Requests are sent at this rate whether or not others are answered; without it each answer sends the next one. */
  readonly requestsPerSecond?: number
}

/** What it has seen, as the last line of its stdout. The line before it says `measuring`. */
export interface LoadResult {
  /** Answers 202 while measuring. */
  readonly answered: number
  /** Answers 202 in all, warm-up included: what the store must hold afterwards. */
  readonly answeredInAll: number
  readonly failures: number
  readonly seconds: number
  /** From the moment a request was due to its answer. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMs: number
}

const load = JSON.parse(process.argv[2] ?? '{}') as Load
// More bodies than connections, so that none is ever under way twice, and many instances.
const requests = renderRequests(load.perBatch === 1 ? 4096 : 512, load.perBatch, load.ids)
const connections = await Promise.all(
  Array.from({ length: load.connections }, () => KeepAliveConnection.open(load.port)),
)
const latenciesMs: number[] = []
let turn = 0
let answered = 0
let answeredBefore = 0
let failures = 0
let isSending = true
let underWay = 0
let onIdle = () => {}

if (load.requestsPerSecond === undefined) for (const connection of connections) keepSending(connection)
else sendAtRate(load.requestsPerSecond)

await passing(load.warmUpSeconds)
answeredBefore = answered
latenciesMs.length = 0
process.stdout.write('measuring\n')
const startedAtMs = performance.now()
const cpuBefore = process.cpuUsage()
await passing(load.seconds)
const result = {
  answered: answered - answeredBefore,
  failures,
  seconds: (performance.now() - startedAtMs) / 1000,
  p50Ms: quantile(latenciesMs, 0.5),
  p99Ms: quantile(latenciesMs, 0.99),
  cpuMs: cpuMsSince(cpuBefore),
}
isSending = false
await new Promise<void>((resolve) => {
  onIdle = resolve
  if (underWay === 0) resolve()
})
for (const connection of connections) connection.close()
process.stdout.write(`${JSON.stringify({ ...result, answeredInAll: answered } satisfies LoadResult)}\n`)

function keepSending(connection: KeepAliveConnection): void {
  send(connection, performance.now(), () => isSending && keepSending(connection))
}

/** Each request has its moment; one that finds every connection busy waits, and its waiting counts. */
function sendAtRate(perSecond: number): void {
  const idle = [...connections]
  const startMs = performance.now()
  let sent = 0
  const sendDue = () => {
    const dueByNow = Math.floor(((performance.now() - startMs) / 1000) * perSecond)
    for (
      let connection = idle.at(-1);
      sent < dueByNow && connection !== undefined;
      connection = idle.at(-1)
    ) {
      idle.pop()
      const used = connection
      send(used, startMs + (++sent / perSecond) * 1000, () => {
        idle.push(used)
        if (isSending) sendDue()
      })
    }
  }
  const timer = setInterval(() => (isSending ? sendDue() : clearInterval(timer)), 1)
}

function send(connection: KeepAliveConnection, dueAtMs: number, onDone: () => void): void {
  const request = requests[turn++ % requests.length] as EventRequest
  underWay++
  connection.send(request.renew(), (status) => {
    if (status === 202) answered++
    else failures++
    latenciesMs.push(performance.now() - dueAtMs)
    underWay--
    onDone()
    if (underWay === 0) onIdle()
  })
}

function passing(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
