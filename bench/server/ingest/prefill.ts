import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { databaseFile, openSqliteStore, type Store } from '@mosaicstack/telemetry-server'

import { idWriter, type IdOrder } from './event-ids.ts'
import { apiKeyOf, eventOf, instanceIdOf, INSTANCES, PLACEHOLDER_ID } from './population.ts'
import { toEventRows } from './server-internals.ts'
import { startTarget } from './target.ts'

/** Filled stores are kept from run to run here; the name says all that decides what is in them. */
const KEPT_IN = join(tmpdir(), 'mosaic-bench-ingest')
const EVENTS_PER_REQUEST = 100
const REQUESTS_PER_TRANSACTION = 20
const EVENTS_ADDED_UP_AT_ONCE = 4000
const LEARNED_WITHIN_MS = 15 * 60_000
const DAYS = 30
const DAY_MS = 86_400_000

/** A data directory with that many events of the last 30 days, as a server left it that was stopped. */
export async function filledStore(events: number, ids: IdOrder): Promise<string> {
  const dir = join(KEPT_IN, `${events}-${ids}-${schemaVersion()}`)
  if (existsSync(dir)) return dir

  mkdirSync(KEPT_IN, { recursive: true })
  const made = mkdtempSync(join(KEPT_IN, 'made-'))
  const store = await openSqliteStore(databaseFile(made))
  const instanceNumbers = await createInstances(store)
  await fill(store, events, ids, instanceNumbers)
  while ((await store.foldRollups(EVENTS_ADDED_UP_AT_ONCE)).events > 0);
  await store.close()
  // A server reads every event into its predictions once, learns its forecast, and saves both when it stops.
  const server = await startTarget('ours', made)
  await untilLearned(server.port)
  await server.stop()
  renameSync(made, dir)
  return dir
}

/** Resolves when the forecast has been up to date for some seconds; what is learned while measuring would count. */
async function untilLearned(port: number): Promise<void> {
  const endMs = performance.now() + LEARNED_WITHIN_MS
  for (let upToDate = 0; upToDate < 5;) {
    if (performance.now() > endMs) throw new Error('the forecast does not get to the end of the events')
    await sleep(1000)
    const metrics = await readMetrics(port)
    const lagSeconds = Number(/^mosaic_forecast_lag_seconds (.*)$/m.exec(metrics)?.[1])
    upToDate = lagSeconds === 0 ? upToDate + 1 : 0
  }
}

async function readMetrics(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { accept: 'text/plain' } })
  return answer.text()
}

/** A copy that a measurement may write into. */
export function copyOfStore(dir: string): { readonly dataDir: string; remove(): void } {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-ingest-'))
  copyFileSync(databaseFile(dir), databaseFile(dataDir))
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) }
}

async function createInstances(store: Store): Promise<readonly number[]> {
  const numbers: number[] = []
  for (let instance = 0; instance < INSTANCES; instance++) {
    const createdAtMs = Date.now()
    const made = await store.createInstance({ instanceId: instanceIdOf(instance), name: null, createdAtMs })
    const instanceNo = made?.instanceNo ?? 0
    numbers.push(instanceNo)
    await store.createKey({
      keyId: `key ${instance}`,
      instanceNo,
      sha256: createHash('sha256').update(apiKeyOf(instance)).digest(),
      prefix: apiKeyOf(instance).slice(0, 8),
      label: null,
      createdAtMs,
      expiresAtMs: null,
    })
  }
  return numbers
}

async function fill(
  store: Store,
  events: number,
  ids: IdOrder,
  instanceNumbers: readonly number[],
): Promise<void> {
  const writeId = idWriter(ids)
  const startMs = Date.now() - DAYS * DAY_MS
  for (let first = 0; first < events; first += EVENTS_PER_REQUEST * REQUESTS_PER_TRANSACTION) {
    const requests = Array.from({ length: REQUESTS_PER_TRANSACTION }, (_, index) => {
      const number = first / EVENTS_PER_REQUEST + index
      const receivedAtMs = startMs + Math.floor(((number * EVENTS_PER_REQUEST) / events) * DAYS * DAY_MS)
      const instance = (number * 193) % INSTANCES // in turns, but not in the order of their numbers
      return rowsOf(instance, instanceNumbers[instance] ?? 0, receivedAtMs, writeId, number)
    })
    const outcome = await store.appendEvents(requests)
    if (outcome.kind !== 'stored') throw new Error(`the store takes no events: ${outcome.cause}`)
  }
}

function rowsOf(
  instance: number,
  instanceNo: number,
  receivedAtMs: number,
  writeId: (bytes: Buffer, offset: number) => void,
  seed: number,
) {
  const timestamp = new Date(receivedAtMs).toISOString()
  const id = Buffer.from(PLACEHOLDER_ID)
  const events = Array.from({ length: EVENTS_PER_REQUEST }, (_, index) => {
    writeId(id, 0)
    return {
      ...eventOf(instance, seed * EVENTS_PER_REQUEST + index, timestamp),
      event_id: id.toString('latin1'),
    }
  })
  return toEventRows({ instanceId: instanceIdOf(instance), instanceNo }, events, receivedAtMs)
}

/** The migrations there are: with a new one, stores are filled anew. */
function schemaVersion(): string {
  const server = dirname(createRequire(import.meta.url).resolve('@mosaicstack/telemetry-server/package.json'))
  const names = readdirSync(join(server, 'migrations/sqlite')).join()
  return createHash('sha256').update(names).digest('hex').slice(0, 8)
}
