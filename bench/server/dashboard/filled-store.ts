import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openSqliteStore } from '@mosaicstack/telemetry-server'

import { openSqliteDatabase } from '../ingest/server-internals.ts'

const DAY_MS = 86_400_000
const DAYS = 365
const MODELS = 24
const INSTANCES = 40
const EVENTS_PER_TRANSACTION = 100_000
const EVENTS_PER_FOLD = 20_000

/** The last day of the events. */
export const LAST_DAY_MS = Date.UTC(2026, 10, 21)

/**
 * A store with that many events of a year, added up. A few models have most tasks; each has three harnesses. Kept from run
 * to run.
 */
export async function filledStore(events: number): Promise<string> {
  const kept = join(tmpdir(), 'mosaic-bench-dashboard')
  const file = join(kept, `${events}.db`)
  if (existsSync(file)) return file

  mkdirSync(kept, { recursive: true })
  const made = join(kept, 'made.db')
  for (const suffix of ['', '-wal', '-shm']) rmSync(made + suffix, { force: true })
  await (await openSqliteStore(made)).close() // brings it to the newest migration
  await insertEvents(made, events)
  const store = await openSqliteStore(made)
  while ((await store.foldRollups(EVENTS_PER_FOLD)).events > 0);
  await store.close()
  renameSync(made, file)
  return file
}

async function insertEvents(file: string, events: number): Promise<void> {
  const database = await openSqliteDatabase(file)
  database.exec('PRAGMA synchronous = OFF')
  for (let number = 1; number <= MODELS; number++)
    database.exec(`INSERT INTO words (word_no, word) VALUES (${number}, 'model-${number}')`)
  for (let number = 1; number <= INSTANCES; number++) {
    const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
    database.exec(
      `INSERT INTO instances (instance_no, instance_id, created_at_ms) VALUES (${number}, '${id}', 0)`,
    )
  }
  const insert = database.prepare(`INSERT INTO events VALUES (${Array(27).fill('?').join(', ')})`)
  const random = seeded(1)
  for (let first = 1; first <= events; first += EVENTS_PER_TRANSACTION) {
    database.exec('BEGIN')
    const last = Math.min(events, first + EVENTS_PER_TRANSACTION - 1)
    for (let position = first; position <= last; position++) insert.run(...eventRow(position, events, random))
    database.exec('COMMIT')
  }
  database.close()
}

function eventRow(position: number, events: number, random: () => number): (number | Buffer | null)[] {
  const below = (end: number) => Math.floor(random() * end)
  const atMs = LAST_DAY_MS - Math.floor((1 - position / events) * DAYS * DAY_MS)
  const model = 1 + Math.floor(MODELS ** random() - 1)
  const input = Math.floor(1000 * 100 ** random())
  const output = Math.floor(100 * 100 ** random())
  const eventId = Buffer.alloc(16)
  eventId.writeUInt32BE(position, 12)
  const gatesRun = below(64)
  // In the order of the table: migrations/sqlite/0001-events.sql.
  return [
    position,
    1 + (position % INSTANCES),
    eventId,
    atMs,
    atMs * 1000,
    Math.floor(10_000 * 100 ** random()),
    below(10),
    below(4),
    (model + below(3)) % 8,
    model,
    model % 8,
    Math.floor(input * (0.3 + random())),
    Math.floor(output * (0.3 + random())),
    input,
    output,
    input * 5,
    input * 3 + output * 15,
    below(2),
    gatesRun,
    gatesRun & below(64),
    0,
    0,
    0.5,
    random() < 0.8 ? 0 : 1 + below(3),
    below(3),
    null,
    null,
  ]
}

/** The same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
