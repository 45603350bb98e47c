import type { SqliteDriver } from './sqlite-driver.ts'

/** A commit costs as much as reading a small log, and thousands of logs are small. */
const BYTES_PER_COMMIT = 96 * 1024 * 1024
const WRITES_PER_COMMIT = 768

/**
 * Joins many small writes to one transaction. Each is whole in itself: a crash loses the last few, never a part of one.
 * The lock is held for as long as reading a hundred megabytes takes, so another process may wait half a second.
 */
export class WriteBatch {
  readonly #database: SqliteDriver
  #isOpen = false
  #bytes = 0
  #writes = 0

  constructor(database: SqliteDriver) {
    this.#database = database
  }

  /** @param bytes how much reading the write stands for. */
  write(bytes: number, work: () => void): void {
    if (!this.#isOpen) this.#database.exec('BEGIN IMMEDIATE')
    this.#isOpen = true
    try {
      work()
    } catch (error) {
      this.rollBack()
      throw error
    }
    this.#bytes += bytes
    this.#writes++
    if (this.#bytes >= BYTES_PER_COMMIT || this.#writes >= WRITES_PER_COMMIT) this.commit()
  }

  commit(): void {
    if (!this.#isOpen) return
    this.#database.exec('COMMIT')
    this.#reset()
  }

  /** Gives up what is not committed. */
  rollBack(): void {
    if (!this.#isOpen) return
    try {
      this.#database.exec('ROLLBACK')
    } catch {
      // SQLite rolls back by itself where the disk is full; what went wrong is on its way already.
    }
    this.#reset()
  }

  #reset(): void {
    this.#isOpen = false
    this.#bytes = 0
    this.#writes = 0
  }
}
