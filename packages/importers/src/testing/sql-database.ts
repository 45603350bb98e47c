import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

import { openSqlite, type SqliteDriver } from '../ledger/sqlite-driver.ts'
import { fixture } from './workbench.ts'

/** Makes a database, with a write-ahead log as agents have it, from a fixture of SQL. */
export async function aDatabase(file: string, sqlFixture: string): Promise<SqliteDriver & Disposable> {
  mkdirSync(dirname(file), { recursive: true })
  const database = await openSqlite(file)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(readFileSync(fixture(sqlFixture), 'utf8'))
  return { ...database, [Symbol.dispose]: () => database.close() }
}
