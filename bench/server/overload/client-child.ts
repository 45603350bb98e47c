import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

import { TelemetryClient } from '@mosaicstack/telemetry-client'

import { apiKeyOf, eventOf, instanceIdOf } from '../ingest/population.ts'

/** What the child is told, as its first argument: one real client with a spool for each instance. */
export interface ClientLoad {
  readonly url: string
  readonly instances: readonly number[]
  /** Of all its clients together. */
  readonly eventsPerSecond: number
  readonly seconds: number
  readonly spoolDir: string
  readonly drainSeconds: number
}

/** What it has seen, as its one line on stdout. */
export interface ClientLoadResult {
  readonly tracked: Readonly<Record<number, number>>
  readonly lost: number
  readonly statuses: Record<string, number>
  readonly acceptedMs: readonly number[]
  readonly drainedAtMs: number
}

const load = JSON.parse(process.argv[2] ?? '{}') as ClientLoad
const statuses: Record<string, number> = {}
const acceptedMs: number[] = []
const tracked: Record<number, number> = {}

const clients = load.instances.map((instance) => {
  const client = new TelemetryClient({
    serverUrl: load.url,
    apiKey: apiKeyOf(instance),
    instanceId: instanceIdOf(instance),
    spoolDir: join(load.spoolDir, String(instance)),
    spoolMaxBytes: 4 * 1024 ** 3,
    submitIntervalMs: 1000,
    fetch: timedFetch,
  })
  client.start()
  return { instance, client }
})

const startedAtMs = performance.now()
for (let sent = 0, elapsedMs = 0; elapsedMs < load.seconds * 1000;) {
  for (const due = (elapsedMs / 1000) * load.eventsPerSecond; sent < due; sent++) track(sent)
  await sleep(10)
  elapsedMs = performance.now() - startedAtMs
}
const endsAtMs = performance.now() + load.drainSeconds * 1000
while (unsent() > 0 && performance.now() < endsAtMs) await sleep(100)
const drainedAtMs = Date.now()
await Promise.all(clients.map(({ client }) => client.stop({ timeoutMs: 10_000 })))

const result: ClientLoadResult = { tracked, lost: lost(), statuses, acceptedMs, drainedAtMs }
process.stdout.write(`${JSON.stringify(result)}\n`)

function track(number: number): void {
  const { instance, client } = clients[number % clients.length] as (typeof clients)[number]
  client.track({ ...eventOf(instance, number, new Date().toISOString()), event_id: randomUUID() })
  tracked[instance] = (tracked[instance] ?? 0) + 1
}

function unsent(): number {
  const delivered = clients.reduce((sum, { client }) => sum + client.stats.delivered, 0)
  return Object.values(tracked).reduce((sum, count) => sum + count, 0) - delivered - lost()
}

function lost(): number {
  return clients
    .flatMap(({ client }) => Object.values(client.stats.lost))
    .reduce((sum, count) => sum + count, 0)
}

async function timedFetch(url: string, init: RequestInit): Promise<Response> {
  const sentAtMs = performance.now()
  let status = 0
  try {
    const response = await fetch(url, init)
    status = response.status
    if (status === 202) acceptedMs.push(performance.now() - sentAtMs)
    return response
  } finally {
    statuses[status] = (statuses[status] ?? 0) + 1
  }
}
