import pg from 'pg'

import { StoreUnavailable } from '../store-unavailable.ts'
import {
  clientConfig,
  CONNECT_TIMEOUT_MS,
  type Connecting,
  prepareSession,
  type SessionSettings,
  watchReplication,
} from './connecting.ts'
import { explainUnavailable } from './explain-failure.ts'
import { urlsOfHosts, withFirstAble } from './hosts.ts'
import type { Database, Session, SqlRow, SqlValue, Statement } from './session.ts'

export { SCHEMA } from './connecting.ts'

export interface DatabaseOptions {
  readonly maxConnections: number
  /** Longest time that a statement may take. */
  readonly statementTimeoutMs: number
  /** Settings of its sessions beside those that all have. */
  readonly settings?: SessionSettings
  /** Told when an idle connection breaks, which is no request's failure. */
  readonly onBrokenConnection?: (error: Error) => void
}

/**
 * Opens connections as they are needed; those that break are replaced. Where the URL names several hosts, a new
 * connection goes to the one that the last went to, or else to the next one that takes writes.
 */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  let connectionsMade = 0
  const urls = urlsOfHosts(url)
  const connecting = { ...options, mustTakeWrites: urls.length > 1 }
  const pools = urls.map((each) => openPool(each, connecting, options, () => connectionsMade++))
  let lastUsed = 0

  const connect = async () => {
    const { result, index } = await withFirstAble(pools, lastUsed, (pool) => pool.connect())
    lastUsed = index
    return result
  }
  const withClient = async <Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> => {
    const client = await connect().catch(unavailable)
    const replication = watchReplication(client)
    try {
      const result = await work(client)
      if (replication.wasCutShort) throw new StoreUnavailable('a commit was cut short of its replicas')
      replication.end()
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
    get connectionsMade() {
      return connectionsMade
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.end()))
    },
  }
}

function openPool(
  url: string,
  connecting: Connecting,
  { maxConnections, onBrokenConnection }: DatabaseOptions,
  onConnection: () => void,
): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(url, connecting),
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    onConnect: (client) => prepareSession(client, connecting),
  })
  pool.on('error', (error) => onBrokenConnection?.(error))
  pool.on('connect', (client) => {
    onConnection()
    // One that breaks between two statements of a transaction fails the next one; unheard it would end the process.
    client.on('error', () => {})
  })
  return pool
}

/** A connection of its own, for what belongs to a session: locks, and the start of a server. */
export interface DedicatedSession extends Session {
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result>
  readonly isOpen: boolean
  close(): Promise<void>
}

export async function openSession(url: string, statementTimeoutMs: number): Promise<DedicatedSession> {
  const urls = urlsOfHosts(url)
  const connecting = { statementTimeoutMs, mustTakeWrites: urls.length > 1 }
  const { result } = await withFirstAble(urls, 0, (each) => openSessionAt(each, connecting))
  return result
}

async function openSessionAt(url: string, connecting: Connecting): Promise<DedicatedSession> {
  const client = new pg.Client({
    ...clientConfig(url, connecting),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  let isOpen = true
  const end = () => {
    isOpen = false
  }
  client.on('error', end)
  client.on('end', end)
  await client.connect()
  try {
    await prepareSession(client, connecting)
  } catch (error) {
    await client.end().catch(end)
    throw error
  }

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
