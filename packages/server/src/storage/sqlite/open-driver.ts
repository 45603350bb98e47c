import { ServerError } from '../../server-error.ts'
import type { SqliteDriver } from './driver.ts'
import { betterSqlite3Driver } from './drivers/better-sqlite3.ts'
import { nodeSqliteDriver } from './drivers/node-sqlite.ts'

/** Opens a file with Node's own SQLite where there is one, else with better-sqlite3. */
export async function openDriver(file: string): Promise<SqliteDriver> {
  const builtIn = await import('node:sqlite').catch(() => undefined)
  if (builtIn !== undefined) return nodeSqliteDriver(builtIn.DatabaseSync, file)

  try {
    const { default: BetterSqlite3 } = await import('better-sqlite3')
    return betterSqlite3Driver(BetterSqlite3, file)
  } catch (cause) {
    if (isSqliteError(cause)) throw cause
    throw new ServerError(
      'SQLITE_DRIVER_MISSING',
      `Node ${process.versions.node} has no SQLite of its own and better-sqlite3 does not load`,
      {
        hint: 'Use Node 22.13 or newer, or install python3, make and a C++ compiler and run `npm rebuild better-sqlite3`.',
        cause,
      },
    )
  }
}

/** An error of the database file rather than of loading the driver. */
function isSqliteError(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && String(cause.code).startsWith('SQLITE_')
}
