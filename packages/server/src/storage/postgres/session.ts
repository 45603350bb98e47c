/**
 * The little of PostgreSQL that the store uses, in the words of the SQLite driver. Calls are asynchronous, and whatever
 * spans several of them is a transaction.
 */
export interface Session {
  /** @returns the number of rows changed. */
  run(statement: Statement, params?: readonly SqlValue[]): Promise<number>
  get(statement: Statement, params?: readonly SqlValue[]): Promise<SqlRow | undefined>
  all(statement: Statement, params?: readonly SqlValue[]): Promise<readonly SqlRow[]>
}

/** A named statement is parsed once on each connection. */
export type Statement = string | { readonly name: string; readonly text: string }

export type SqlValue = number | string | boolean | null | Uint8Array | readonly SqlValue[]
export type SqlRow = Readonly<Record<string, SqlValue>>

/** Connections to one database. */
export interface Database extends Session {
  /** Runs `work` as one transaction: all of it, or nothing and the error. */
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result>
  /** Lets `work` read from one state of the database, whatever is written meanwhile. */
  readTransaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result>
  /**
   * Grows with every new connection. While it stands still, the server is the one that it was: one that was restarted,
   * or replaced by a replica, has broken the connections to the old one.
   */
  readonly connectionsMade: number
  close(): Promise<void>
}
