import type { DatabaseSync as Database } from 'node:sqlite'

import type { SqliteDriver, SqliteRow } from '../driver.ts'

/** SQLite as it comes with Node 22.13 and newer: nothing to compile. */
export function nodeSqliteDriver(DatabaseSync: typeof Database, file: string): SqliteDriver {
  const database = new DatabaseSync(file)
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql)
      return {
        run: (...params) => Number(statement.run(...params).changes),
        get: (...params) => statement.get(...params) as SqliteRow | undefined,
        all: (...params) => statement.all(...params) as readonly SqliteRow[],
      }
    },
    close: () => database.close(),
  }
}
