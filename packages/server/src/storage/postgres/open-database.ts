import pg from 'pg'

import { StoreUnavailable } from '../store-unavailable.ts'
import { explainUnavailable } from './explain-failure.ts'
import type { Database, Session, SqlRow, SqlValue, Statement } from './session.ts'

/** The schema that holds everything of ours, so that a database may be shared with other programs. */
export const SCHEMA = 'mosaic_telemetry'

/** Longest wait for a connection, be it a new one or a free one. */
const CONNECT_TIMEOUT_MS = 5_000
/** Beyond the server's own limit, for one that has fallen silent in the middle of a statement. */
const SILENCE_MS = 5_000

export interface DatabaseOptions {
  readonly maxConnections: number
  /** Longest time that a statement may take. */
  readonly statementTimeoutMs: number
  /** Told when an idle connection breaks, which is no request's failure. */
  readonly onBrokenConnection?: (error: Error) => void
}

/** Opens connections as they are needed; those that break are replaced. */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...clientConfig(url, options.statementTimeoutMs),
    max: options.maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    onConnect: (client) => prepareSession(client, options.statementTimeoutMs),
  })
  pool.on('error', (error) => options.onBrokenConnection?.(error))
  // One that breaks between two statements of a transaction fails the next one; unheard it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))

  const withClient = async <Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> => {
    const client = await pool.connect().catch(unavailable)
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      // The connection is given up with what failed on it: whether it still answers is not worth a wait.
      client.release(true)
      throw explainUnavailable(error)
    }
  }
  const within =
    (begin: string) =>
    <Result>(work: (session: Session) => Promise<Result>) =>
      withClient(async (client) => {
        await client.query(begin)
        const result = await work(sessionOf(client))
        await client.query('COMMIT')
        return result
      })
  return {
    ...sessionOf({ query: (config) => withClient((client) => client.query(config)) }),
    transaction: within('BEGIN'),
    readTransaction: within('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'),
    close: () => pool.end(),
  }
}

/** A connection of its own, for what belongs to a session: locks, and the start of a server. */
export interface DedicatedSession extends Session {
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result>
  readonly isOpen: boolean
  close(): Promise<void>
}

export async function openSession(url: string, statementTimeoutMs: number): Promise<DedicatedSession> {
  const client = new pg.Client({
    ...clientConfig(url, statementTimeoutMs),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  let isOpen = true
  const end = () => {
    isOpen = false
  }
  client.on('error', end)
  client.on('end', end)
  await client.connect()
  await prepareSession(client, statementTimeoutMs)

  const session = sessionOf(client)
  return {
    ...session,
    async transaction(work) {
      await session.run('BEGIN')
      try {
        const result = await work(session)
        await session.run('COMMIT')
        return result
      } catch (error) {
        await session.run('ROLLBACK').catch(end)
        throw error
      }
    },
    get isOpen() {
      return isOpen
    },
    close: () => client.end(),
  }
}

function clientConfig(url: string, statementTimeoutMs: number): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: `mosaic-telemetry ${process.pid}`,
    query_timeout: statementTimeoutMs + SILENCE_MS,
    keepAlive: true,
    types: { getTypeParser: typeParser },
  }
}

/**
 * - Answering 202 means that the event is on disk, so a cluster that does not wait for its disk by default does so here.
 *   What waits for more than that (`remote_apply`) stays as it is set.
 * - A transaction that its process has left standing holds up whoever reads positions: it is ended.
 */
async function prepareSession(client: pg.ClientBase, statementTimeoutMs: number): Promise<void> {
  await client.query(`
    SET search_path TO ${SCHEMA};
    SET statement_timeout = ${statementTimeoutMs};
    SET lock_timeout = ${Math.min(statementTimeoutMs, 5_000)};
    SET idle_in_transaction_session_timeout = 10000;
    SET default_transaction_isolation = 'read committed';
    SET client_min_messages = warning;
    SET jit = off;
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`)
}

const INT8 = 20

/** Counts, times and positions are whole numbers that a JavaScript number holds exactly. */
const typeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text')

interface Queryable {
  query(config: pg.QueryConfig): Promise<pg.QueryResult>
}

function sessionOf(queryable: Queryable): Session {
  const query = async (statement: Statement, params: readonly SqlValue[] = []) => {
    const named = typeof statement === 'string' ? { text: statement } : statement
    return queryable.query({ ...named, values: params as SqlValue[] }).catch(rethrown)
  }
  const all = async (statement: Statement, params?: readonly SqlValue[]) =>
    (await query(statement, params)).rows as readonly SqlRow[]
  return {
    all,
    get: async (statement, params) => (await all(statement, params))[0],
    run: async (statement, params) => (await query(statement, params)).rowCount ?? 0,
  }
}

function rethrown(error: unknown): never {
  throw explainUnavailable(error)
}

/** Whatever keeps a connection from being made, it is none of the request's fault. */
function unavailable(error: unknown): never {
  throw new StoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error })
}
