import { parentPort, workerData } from 'node:worker_threads'

import { FLOOR_COLUMNS, FLOOR_STRIDE, type FloorRows, type FloorValue } from './floor-columns.ts'

/** The least of SQLite that both drivers offer. */
interface Database {
  exec(sql: string): unknown
  prepare(sql: string): {
    run(...params: readonly unknown[]): { readonly changes: number | bigint }
    get(...params: readonly unknown[]): unknown
  }
}

/** The writer of the floor: one transaction a message, one `run` a row, the number of new rows as the answer. */
const database = await open(String(workerData))
database.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 4000',
)
const insert = database.prepare(
  `INSERT INTO events (position, instance_no, event_id, ${FLOOR_COLUMNS.join(', ')})
   VALUES (?, ?, ?, ${FLOOR_COLUMNS.map(() => '?').join(', ')}) ON CONFLICT (instance_no, event_id) DO NOTHING`,
)
const instanceNumbers = new Map<string, number>()
const words = new Map<string, number>()
let position = (
  database.prepare('SELECT coalesce(max(position), 0) AS position FROM events').get() as { position: number }
).position

parentPort?.on('message', (requests: readonly FloorRows[]) => {
  database.exec('BEGIN IMMEDIATE')
  const stored = requests.map(append)
  database.exec('COMMIT')
  parentPort?.postMessage(stored)
})

function append({ instanceId, eventIds, values }: FloorRows): number {
  const instanceNo = instanceNumberOf(instanceId)
  const params: (FloorValue | Uint8Array)[] = []
  let stored = 0
  for (let row = 0; row * FLOOR_STRIDE < values.length; row++) {
    params[0] = position + 1
    params[1] = instanceNo
    params[2] = eventIds.subarray(row * 16, row * 16 + 16)
    for (let column = 0; column < FLOOR_STRIDE; column++)
      params[column + 3] = values[row * FLOOR_STRIDE + column] ?? null
    params[MODEL + 3] = wordOf(params[MODEL + 3] as string)
    if (params[LANGUAGE + 3] !== null) params[LANGUAGE + 3] = wordOf(params[LANGUAGE + 3] as string)
    if (Number(insert.run(...params).changes) === 1) {
      position++
      stored++
    }
  }
  return stored
}

function instanceNumberOf(instanceId: string): number {
  const known = instanceNumbers.get(instanceId)
  if (known !== undefined) return known
  const row = database.prepare('SELECT instance_no FROM instances WHERE instance_id = ?').get(instanceId)
  const { instance_no: number } = row as { instance_no: number }
  instanceNumbers.set(instanceId, number)
  return number
}

function wordOf(word: string): number {
  const known = words.get(word)
  if (known !== undefined) return known
  const { word_no: number } = database
    .prepare(
      'INSERT INTO words (word) VALUES (?) ON CONFLICT (word) DO UPDATE SET word = word RETURNING word_no',
    )
    .get(word) as { word_no: number }
  words.set(word, number)
  return number
}

/** The driver that the server would take. */
async function open(file: string): Promise<Database> {
  const builtIn = await import('node:sqlite').catch(() => undefined)
  if (builtIn !== undefined) return new builtIn.DatabaseSync(file)
  const { default: BetterSqlite3 } = await import('better-sqlite3')
  return new BetterSqlite3(file)
}

const MODEL = FLOOR_COLUMNS.indexOf('model')
const LANGUAGE = FLOOR_COLUMNS.indexOf('language')
