import type { SqliteDriver } from './driver.ts'

/** Runs `work` as one write transaction: all of it, or nothing and the error. */
export function transaction<Result>(database: SqliteDriver, work: () => Result): Result {
  return within(database, 'BEGIN IMMEDIATE', work)
}

/** Lets `work` read from one state of the database, whatever is written meanwhile. It waits for no writer. */
export function readTransaction<Result>(database: SqliteDriver, work: () => Result): Result {
  return within(database, 'BEGIN', work)
}

function within<Result>(database: SqliteDriver, begin: string, work: () => Result): Result {
  database.exec(begin)
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
    // SQLite has rolled back by itself already, as it does when the disk is full.
  }
}
