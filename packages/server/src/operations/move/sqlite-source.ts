import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'

import { ServerError } from '../../server-error.ts'
import { readMigrations } from '../../storage/migrations.ts'
import { refuseDamagedLog } from '../../storage/sqlite/damaged-log.ts'
import type { SqliteDriver, SqliteValue } from '../../storage/sqlite/driver.ts'
import { explainFailure } from '../../storage/sqlite/explain-failure.ts'
import { refuseForeign, refuseNewer } from '../../storage/sqlite/migrate.ts'
import { openDriver } from '../../storage/sqlite/open-driver.ts'
import { lockForServer } from '../../storage/sqlite/single-server-lock.ts'
import { type PlainValue, plainValue } from './table-checksum.ts'

/** A row as it is carried over, in the order of its table's columns. */
export type PlainRow = readonly PlainValue[]

export interface SourceTable {
  readonly columns: readonly string[]
  /** Those of the primary key, in its order. */
  readonly key: readonly string[]
  readonly rows: number
  /** The rows after a key, in its order, as they lie in the file. */
  rowsAfter(key: PlainRow | undefined, limit: number): readonly PlainRow[]
}

/** A database file that is read and not changed, and that no server changes meanwhile. */
export interface SqliteSource {
  table(name: string): SourceTable
  /** How far each projection has read the events, by name. */
  positions(): ReadonlyMap<string, number>
  /** Tells one store from another. */
  readonly fingerprint: string
  close(): void
}

/** @throws ServerError where a server is running on it, or the file cannot be read or is of another version. */
export async function openSqliteSource(file: string): Promise<SqliteSource> {
  if (!existsSync(file)) {
    throw new ServerError('STORE_UNREACHABLE', `there is no store at ${file}`, {
      hint: 'Name the directory that the server used: --data-dir.',
    })
  }
  const unlock = await lockForServer(file)
  try {
    refuseDamagedLog(file)
    const database = await openDriver(file)
    database.exec('PRAGMA query_only = ON')
    refuseForeign(database)
    refuseNewer(database)
    refuseOlder(database)
    return {
      table: (name) => sourceTable(database, name),
      positions: () =>
        new Map(
          database
            .prepare('SELECT name, position FROM projections')
            .all()
            .map((row) => [String(row['name']), Number(row['position'])]),
        ),
      fingerprint: fingerprintOf(database),
      close() {
        database.close()
        unlock()
      },
    }
  } catch (cause) {
    unlock()
    throw explainFailure(cause, file)
  }
}

/** The file is not to be changed, so it is not brought up to date here either. */
function refuseOlder(database: SqliteDriver): void {
  const known = readMigrations('sqlite').length
  const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (found === known) return
  throw new ServerError('MOVE_REFUSED', `the store is at migration ${found}, and moving begins at ${known}`, {
    hint: 'Bring it up to date first: mosaic-telemetry instances list.',
  })
}

function sourceTable(database: SqliteDriver, name: string): SourceTable {
  const info = database.prepare('SELECT name, pk FROM pragma_table_info(?) ORDER BY cid').all(name)
  const columns = info.map((column) => String(column['name']))
  const key = info
    .filter((column) => Number(column['pk']) > 0)
    .sort((a, b) => Number(a['pk']) - Number(b['pk']))
    .map((column) => String(column['name']))
  const select = (where: string) =>
    database.prepare(`SELECT ${columns.join(', ')} FROM ${name} ${where} ORDER BY ${key.join(', ')} LIMIT ?`)
  const first = select('')
  const following = select(`WHERE (${key.join(', ')}) > (${key.map(() => '?').join(', ')})`)
  // What is bytes in the file can only be told by the file: a key of hexadecimal digits may be a text as well.
  const areBytes = key.map(
    (column) =>
      database.prepare(`SELECT typeof(${column}) AS type FROM ${name} LIMIT 1`).get()?.['type'] === 'blob',
  )
  return {
    columns,
    key,
    rows: Number(database.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.['n']),
    rowsAfter(after, limit) {
      const bound = after?.map((value, index) => (areBytes[index] ? bytesOf(value) : value))
      const rows = bound === undefined ? first.all(limit) : following.all(...bound, limit)
      return rows.map((row) => columns.map((column) => plainValue(row[column], false)))
    },
  }
}

function bytesOf(value: PlainValue): SqliteValue {
  return new Uint8Array(Buffer.from(String(value), 'hex'))
}

function fingerprintOf(database: SqliteDriver): string {
  const first = database.prepare(
    'SELECT instance_id, created_at_ms FROM instances ORDER BY instance_no LIMIT 1',
  )
  return createHash('sha256')
    .update(JSON.stringify(first.get() ?? null))
    .digest('hex')
}
