import type Database from 'better-sqlite3'

import type { SqliteDriver, SqliteRow } from '../driver.ts'

/** SQLite for Node 20, which has none of its own. */
export function betterSqlite3Driver(BetterSqlite3: typeof Database, file: string): SqliteDriver {
  const database = new BetterSqlite3(file)
  return {
    exec: (sql) => void database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql)
      return {
        run: (...params) => statement.run(...params).changes,
        get: (...params) => statement.get(...params) as SqliteRow | undefined,
        all: (...params) => statement.all(...params) as readonly SqliteRow[],
      }
    },
    close: () => void database.close(),
  }
}
