import { statSync } from 'node:fs'

import { lockForServer } from '../storage/sqlite/single-server-lock.ts'
import { explainFailure } from '../storage/sqlite/explain-failure.ts'
import { refuseForeign } from '../storage/sqlite/migrate.ts'
import { openDatabase } from '../storage/sqlite/open-database.ts'

export interface Compacted {
  readonly beforeBytes: number
  readonly afterBytes: number
}

/**
 * Writes a database file anew without the room that deleted rows have left, and gives that room back. Needs as much free
 * disk as the file will take, twice. A crash leaves the file as it was.
 *
 * @throws ServerError where a server is running on it, or the file cannot be used.
 */
export async function compactSqlite(file: string): Promise<Compacted> {
  const unlock = await lockForServer(file)
  try {
    const database = await openDatabase(file, refuseForeign)
    try {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      const beforeBytes = statSync(file).size
      // The copy is as large as the database: it is made in a file and not in memory, where our other sorting is done.
      database.exec('PRAGMA temp_store = FILE; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
      return { beforeBytes, afterBytes: statSync(file).size }
    } finally {
      database.close()
    }
  } catch (cause) {
    throw explainFailure(cause, file)
  } finally {
    unlock()
  }
}
