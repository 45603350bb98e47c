import { randomFillSync } from 'node:crypto'
import { performance } from 'node:perf_hooks'

import { eventOf, instanceIdOf, INSTANCES, PLACEHOLDER_ID } from '../ingest/population.ts'
import {
  APPEND_SETTINGS,
  openEventAppender,
  openPostgresDatabase,
  openWords,
  toEventRows,
} from './server-internals.ts'

/** What the child is told, as its first argument. */
export interface Floor {
  readonly databaseUrl: string
  readonly eventsPerStatement: number
  /** Statements under way at once. */
  readonly statements: number
  readonly eventsPerRequest: number
  readonly warmUpSeconds: number
  readonly seconds: number
}

/** The last line of its stdout; the line before it says `measuring`. */
export interface FloorResult {
  readonly events: number
  readonly eventsInAll: number
  readonly seconds: number
}

/** Stores rows that are ready, with the server's own statement: no HTTP, no JSON, no validation, no predictions. */
const floor = JSON.parse(process.argv[2] ?? '{}') as Floor
const database = openPostgresDatabase(floor.databaseUrl, {
  maxConnections: floor.statements,
  statementTimeoutMs: 10_000,
  settings: APPEND_SETTINGS,
})
const append = openEventAppender(database, openWords(database))
const instances = await database.all('SELECT instance_no, instance_id FROM instances')
const numbers = new Map(instances.map((row) => [String(row['instance_id']), Number(row['instance_no'])]))
let events = 0
let turn = 0
const endsAtMs = performance.now() + (floor.warmUpSeconds + floor.seconds) * 1000

const lanes = Array.from({ length: floor.statements }, () => lane())
await new Promise((resolve) => setTimeout(resolve, floor.warmUpSeconds * 1000))
const before = events
const startedAtMs = performance.now()
process.stdout.write('measuring\n')
await new Promise((resolve) => setTimeout(resolve, floor.seconds * 1000))
const measured = { events: events - before, seconds: (performance.now() - startedAtMs) / 1000 }
process.stdout.write('measured\n')
await Promise.all(lanes)
// A connection that ends while processor time is read would be missing from it.
await new Promise((resolve) => setTimeout(resolve, 1000))
await database.close()
process.stdout.write(`${JSON.stringify({ ...measured, eventsInAll: events } satisfies FloorResult)}\n`)

async function lane(): Promise<void> {
  const requests = Array.from(
    { length: Math.max(1, Math.round(floor.eventsPerStatement / floor.eventsPerRequest)) },
    () => aRequest(turn++ % INSTANCES),
  )
  while (performance.now() < endsAtMs) {
    for (const { eventIds } of requests) randomFillSync(eventIds)
    await append(requests)
    events += requests.length * floor.eventsPerRequest
  }
}

function aRequest(instance: number) {
  const instanceId = instanceIdOf(instance)
  const now = new Date()
  const rows = Array.from({ length: floor.eventsPerRequest }, (_, index) => ({
    ...eventOf(instance, index, now.toISOString()),
    event_id: PLACEHOLDER_ID,
  }))
  return toEventRows({ instanceId, instanceNo: numbers.get(instanceId) ?? 0 }, rows, now.getTime())
}
