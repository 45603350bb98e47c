import type { SqliteDriver } from './driver.ts'
import { openDriver } from './open-driver.ts'

/**
 * Opens a database as every connection of ours does.
 *
 * - WAL lets readers and the one writer work side by side; FULL makes a commit wait for the disk, because 202 means
 *   that the event is there after a power cut.
 * - The journal's mode is written into the file, so `inspect` may refuse the file before that.
 * - The page cache stays small on purpose: 256 MB halve the write rate, since every transaction pays for its size.
 */
export async function openDatabase(
  file: string,
  inspect: (database: SqliteDriver) => void = () => {},
): Promise<SqliteDriver> {
  const database = await openDriver(file)
  try {
    database.exec('PRAGMA busy_timeout = 5000')
    inspect(database)
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA cache_size = -8192;
      PRAGMA wal_autocheckpoint = 4000;
      PRAGMA temp_store = MEMORY;
    `)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
