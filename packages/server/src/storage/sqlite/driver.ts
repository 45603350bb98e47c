/**
 * The little of SQLite that the store uses, so that `node:sqlite` and better-sqlite3 are interchangeable. Calls are
 * synchronous: they run on the store's own threads.
 */
export interface SqliteDriver {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}

export interface SqliteStatement {
  /** @returns the number of rows changed. */
  run(...params: readonly SqliteValue[]): number
  get(...params: readonly SqliteValue[]): SqliteRow | undefined
  all(...params: readonly SqliteValue[]): readonly SqliteRow[]
}

export type SqliteValue = number | string | null | Uint8Array
export type SqliteRow = Readonly<Record<string, SqliteValue>>
