import pg from 'pg'

import { StoreUnavailable } from '../store-unavailable.ts'

/** The schema that holds everything of ours, so that a database may be shared with other programs. */
export const SCHEMA = 'mosaic_telemetry'

/** Longest wait for a connection, be it a new one or a free one. */
export const CONNECT_TIMEOUT_MS = 5_000
/** Beyond the server's own limit, for one that has fallen silent in the middle of a statement. */
const SILENCE_MS = 5_000

export type SessionSettings = Readonly<Record<string, string>>

export interface Connecting {
  /** Longest time that a statement may take. */
  readonly statementTimeoutMs: number
  /** Whether a server that takes no writes is refused, because another host may be the one that does. */
  readonly mustTakeWrites: boolean
  /** Settings of the session beside those that all have. */
  readonly settings?: SessionSettings
}

export function clientConfig(url: string, { statementTimeoutMs }: Connecting): pg.ClientConfig {
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
export async function prepareSession(
  client: pg.ClientBase,
  { statementTimeoutMs, mustTakeWrites, settings = {} }: Connecting,
): Promise<void> {
  await client.query(`
    SET search_path TO ${SCHEMA};
    SET statement_timeout = ${statementTimeoutMs};
    SET lock_timeout = ${Math.min(statementTimeoutMs, 5_000)};
    SET idle_in_transaction_session_timeout = 10000;
    SET default_transaction_isolation = 'read committed';
    SET client_min_messages = warning;
    SET jit = off;
    ${Object.entries(settings)
      .map(([name, value]) => `SET ${name} = ${value};`)
      .join(' ')}
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`)
  if (!mustTakeWrites) return
  const { rows } = await client.query('SHOW transaction_read_only')
  if (rows[0]?.transaction_read_only !== 'off') throw new StoreUnavailable('this PostgreSQL takes no writes')
}

/**
 * Whether a commit of this client was told to wait no longer for its replicas, as `pg_cancel_backend` does. PostgreSQL
 * then says that it has committed, and says beside it, as a warning, that no replica may know.
 */
export function watchReplication(client: pg.ClientBase): { readonly wasCutShort: boolean; end(): void } {
  let wasCutShort = false
  // By the place in PostgreSQL that says it: words are in the server's language.
  const onNotice = ({ routine }: { readonly routine: string | undefined }) => {
    if (routine === 'SyncRepWaitForLSN') wasCutShort = true
  }
  client.on('notice', onNotice)
  return {
    get wasCutShort() {
      return wasCutShort
    },
    end: () => void client.off('notice', onNotice),
  }
}

const INT8 = 20

/** Counts, times and positions are whole numbers that a JavaScript number holds exactly. */
const typeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text')
