import type { SqliteDriver } from './sqlite-driver.ts'

/** Runs `work` as one write transaction: all of it, or nothing and the error. */
export function transaction<Result>(database: SqliteDriver, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(database)
    throw error
  }
}

function rollBack(database: SqliteDriver): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // SQLite rolls back by itself where the disk is full; what went wrong is on its way already.
  }
}
