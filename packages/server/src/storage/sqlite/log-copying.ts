import { open, type FileHandle } from 'node:fs/promises'

import type { SqliteDriver } from './driver.ts'

/**
 * Commits go into SQLite's write-ahead log, and somebody has to copy its pages into the database file. Left to itself
 * the writer does that within a commit, which then takes 25 to 40 ms longer, three times a second under full load.
 *
 * - So the reader's thread copies beside the writer, as soon as there is enough.
 * - A log that is copied whole begins anew at its start. While commits go on the reader never gets to the end. So when
 *   the log is long it copies once more, and then the writer copies the few pages that are left, between two commits.
 * - SQLite syncs the database only when a log was copied to its end. So this syncs after each copy, or the writer would
 *   have to wait for all of them.
 * - `MAX_LOG_PAGES` is where a commit does it all the same: where nobody looks after the log, as in a tool.
 */
export const MAX_LOG_PAGES = 40_000

/** From here on the log is to begin anew. */
const LONG_LOG_PAGES = 12_000
/** Events that are worth a copy, as are units of which each takes as much as eight. */
const WORTHWHILE_EVENTS = 5_000
const EVENTS_A_UNIT = 8
/** The time in which commits gather at least. */
const LOOK_AFTER_MS = 100

/** Copies all that can be copied without anybody waiting. Returns the length of the log, in pages. */
export function copyLog(database: SqliteDriver): number {
  return Number(database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get()?.['log'])
}

/** What looks after the log asks of the two threads. */
interface LogThreads {
  readonly reader: { copyLog(): Promise<number> }
  readonly writer: { copyLog(): Promise<number> }
}

/** The main thread's part: has the threads copy soon after commits. */
export class LogCopying {
  readonly #threads: LogThreads
  readonly #file: FileHandle
  #events = 0
  #timer: NodeJS.Timeout | undefined
  #copying: Promise<void> = Promise.resolve()
  #isEnded = false

  private constructor(threads: LogThreads, file: FileHandle) {
    this.#threads = threads
    this.#file = file
  }

  /**
   * Opens the database file once more. It stays open until all connections are closed: closing it earlier would drop
   * the locks that they hold on it, as POSIX has it.
   */
  static async begin(threads: LogThreads, databaseFile: string): Promise<LogCopying> {
    return new LogCopying(threads, await open(databaseFile, 'r'))
  }

  /** Told of each commit of events. */
  noteEvents(count: number): void {
    this.#events += count
    if (this.#events < WORTHWHILE_EVENTS || this.#timer !== undefined || this.#isEnded) return
    this.#timer = setTimeout(() => {
      this.#events = 0
      // What fails here, a commit does later: nothing is lost, and whoever reads or writes is told what is wrong.
      this.#copying = this.#copy().catch(() => {})
      void this.#copying.then(() => (this.#timer = undefined))
    }, LOOK_AFTER_MS).unref()
  }

  /** Told of each commit of prediction units. */
  noteUnits(count: number): void {
    this.noteEvents(count * EVENTS_A_UNIT)
  }

  /** Resolves when nothing is copied any more. */
  async end(): Promise<void> {
    this.#isEnded = true
    clearTimeout(this.#timer)
    await this.#copying
  }

  /** Lets go of the file; call it when all connections are closed. */
  close(): Promise<void> {
    return this.#file.close()
  }

  async #copy(): Promise<void> {
    const { reader, writer } = this.#threads
    const pages = await reader.copyLog()
    await this.#file.datasync()
    if (pages < LONG_LOG_PAGES) return
    await reader.copyLog()
    await this.#file.datasync()
    await writer.copyLog()
  }
}
