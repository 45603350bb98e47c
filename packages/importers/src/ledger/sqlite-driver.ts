import { ImporterError } from '../importer-error.ts'

/** The little of SQLite that the ledger uses, so that Node's own and better-sqlite3 are interchangeable. */
export interface SqliteDriver {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  /** A second time does nothing. */
  close(): void
}

export interface SqliteStatement {
  /** @returns the number of rows changed. */
  run(...params: readonly SqliteValue[]): number
  get(...params: readonly SqliteValue[]): SqliteRow | undefined
  all(...params: readonly SqliteValue[]): readonly SqliteRow[]
  iterate(...params: readonly SqliteValue[]): Iterable<SqliteRow>
}

export type SqliteValue = number | string | null
export type SqliteRow = Readonly<Record<string, SqliteValue>>

export interface OpenOptions {
  /** For files of others: nothing is written, and nothing created. */
  readonly readOnly?: boolean | undefined
}

/** Node's own SQLite where there is one (22.13 and newer), else better-sqlite3. */
export async function openSqlite(
  file: string,
  { readOnly = false }: OpenOptions = {},
): Promise<SqliteDriver> {
  const builtIn = await import('node:sqlite').catch(() => undefined)
  if (builtIn !== undefined) return adapt(new builtIn.DatabaseSync(file, { readOnly }))

  const optional = await import('better-sqlite3').catch((cause: unknown) => {
    throw new ImporterError(
      'SQLITE_DRIVER_MISSING',
      `Node ${process.versions.node} has no SQLite of its own and better-sqlite3 does not load`,
      { hint: 'Use Node 22.13 or newer, or run `npm rebuild better-sqlite3`.', cause },
    )
  })
  return adapt(new optional.default(file, { readonly: readOnly, fileMustExist: readOnly }))
}

interface ForeignDatabase {
  exec(sql: string): unknown
  prepare(sql: string): ForeignStatement
  close(): unknown
}

interface ForeignStatement {
  run(...params: SqliteValue[]): { changes: number | bigint }
  get(...params: SqliteValue[]): unknown
  all(...params: SqliteValue[]): unknown
  iterate(...params: SqliteValue[]): unknown
}

function adapt(database: ForeignDatabase): SqliteDriver {
  let isOpen = true
  return {
    exec: (sql) => void database.exec(sql),
    close() {
      // Node's own throws at a second close, better-sqlite3 does not.
      if (isOpen) database.close()
      isOpen = false
    },
    prepare(sql) {
      const statement = database.prepare(sql)
      return {
        run: (...params) => Number(statement.run(...params).changes),
        get: (...params) => statement.get(...params) as SqliteRow | undefined,
        all: (...params) => statement.all(...params) as readonly SqliteRow[],
        iterate: (...params) => statement.iterate(...params) as Iterable<SqliteRow>,
      }
    },
  }
}
