import type { SqliteDriver } from './driver.ts'
import { isBusy } from './explain-failure.ts'
import { MAX_LOG_PAGES } from './log-copying.ts'
import { openDriver } from './open-driver.ts'

/** How long a connection waits for a lock of another one. */
const BUSY_TIMEOUT_MS = 5000

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
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    inspect(database)
    enterWal(database)
    database.exec(`
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA cache_size = -8192;
      PRAGMA wal_autocheckpoint = ${MAX_LOG_PAGES};
      PRAGMA temp_store = MEMORY;
    `)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * To change the mode of a new file takes a lock for which SQLite does not wait: several processes that start at once
 * would fail, and one of them has changed it a moment later.
 */
function enterWal(database: SqliteDriver): void {
  const deadlineMs = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      return database.exec('PRAGMA journal_mode = WAL')
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadlineMs) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS)
    }
  }
}

const BUSY_PAUSE_MS = 10
