import { chmodSync, closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
import { ImporterError } from '../importer-error.ts'
import { migrate } from './migrate.ts'
import { openSqlite, type SqliteDriver } from './sqlite-driver.ts'

/**
 * Opens the ledger as every connection of ours does, creating it where it is missing.
 *
 * - Only its user may read it (0600, its directory 0700): it knows projects and branches.
 * - `synchronous = NORMAL`: after a power cut the last transactions may be gone, never torn; the logs are still there.
 * - 48 MB of cache, taken only as far as it is used: a first import writes all over the index of the requests.
 * - The statusline reads while an import writes, hence WAL and a busy timeout.
 *
 * @throws ImporterError where it cannot be created, belongs to somebody else or is newer than this version.
 */
export async function openLedgerFile(path: string): Promise<SqliteDriver> {
  try {
    makeDirectory(dirname(path))
    // SQLite gives its journal the mode of the database, so the file is made before SQLite makes it.
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
  } catch (cause) {
    throw new ImporterError('LEDGER_UNUSABLE', `the ledger ${path} cannot be created`, {
      hint: 'Make its directory writable, or name another file in MOSAIC_TELEMETRY_LEDGER.',
      cause,
    })
  }
  const database = await openSqlite(path)
  try {
    database.exec('PRAGMA busy_timeout = 10000')
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = OFF;
      PRAGMA cache_size = -49152;
      PRAGMA wal_autocheckpoint = 4000;
      PRAGMA temp_store = MEMORY;
    `)
    migrate(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
