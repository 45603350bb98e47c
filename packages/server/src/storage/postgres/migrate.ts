import { ServerError } from '../../server-error.ts'
import { readMigrations } from '../migrations.ts'
import { SCHEMA } from './connecting.ts'
import type { DedicatedSession } from './open-database.ts'
import type { Session } from './session.ts'

/** The oldest version whose SQL we use and on which we test. */
const OLDEST_VERSION = 15

/** "MoTe": the first half of our advisory locks, which every program of a database shares. */
export const LOCK_SPACE = 0x4d6f5465
const MIGRATION_LOCK = 2

/**
 * Brings a database to this server's schema, in one transaction. Safe when many processes start at once: the first one
 * holds a lock, and the others find the work done. A database that is at the newest migration is only read.
 *
 * @throws ServerError for a database from a newer server, and for a schema of somebody else's.
 */
export async function migrate(session: DedicatedSession): Promise<void> {
  const migrations = readMigrations('postgres')
  if ((await migrationOf(session)) === migrations.length) return

  await session.transaction(async (transaction) => {
    await transaction.run('SET LOCAL lock_timeout = 60000')
    await transaction.run('SET LOCAL statement_timeout = 0')
    await transaction.run(`SELECT pg_advisory_xact_lock(${LOCK_SPACE}, ${MIGRATION_LOCK})`)
    let current = await migrationOf(transaction)
    if (current === undefined) {
      await createSchema(transaction)
      current = 0
    }
    refuseNewer(current, migrations.length)
    for (const { number, name, sql } of migrations.slice(current)) {
      await transaction.run(sql)
      await transaction.run('INSERT INTO migrations (number, name) VALUES ($1, $2)', [number, name])
    }
  })
}

/** Looks what kind of server it is, before anything is changed in it. */
export async function refuseUnfit(session: Session): Promise<void> {
  const row = await session.get(`
    SELECT current_setting('server_version') AS version,
           current_setting('server_version_num')::int / 10000 AS major,
           current_setting('server_encoding') AS encoding,
           pg_is_in_recovery() AS is_replica`)
  refuseUnfitServer({
    version: String(row?.['version']),
    major: Number(row?.['major']),
    encoding: String(row?.['encoding']),
    isReplica: row?.['is_replica'] === true,
  })
}

export interface DatabaseServer {
  readonly version: string
  readonly major: number
  readonly encoding: string
  readonly isReplica: boolean
}

/** @throws ServerError for a PostgreSQL that is too old, takes no writes or keeps text in another encoding. */
export function refuseUnfitServer({ version, major, encoding, isReplica }: DatabaseServer): void {
  if (major < OLDEST_VERSION) {
    throw new ServerError(
      'STORE_UNFIT',
      `this is PostgreSQL ${version}; ${OLDEST_VERSION} or newer is needed`,
      {
        hint: 'Upgrade the database server, or name another one in --database-url.',
      },
    )
  }
  if (isReplica) {
    throw new ServerError('STORE_UNFIT', 'this PostgreSQL is a replica, which takes no writes', {
      hint: 'Name the primary in --database-url.',
    })
  }
  if (encoding !== 'UTF8') {
    throw new ServerError('STORE_UNFIT', `the database keeps text as ${encoding}; UTF8 is needed`, {
      hint: 'Make one that does: CREATE DATABASE telemetry TEMPLATE template0 ENCODING UTF8;',
    })
  }
}

/**
 * The newest migration of the database; `undefined` where it has nothing of ours. The table is looked for with a query,
 * since `to_regclass` goes on saying no from its cache when another process has just made it.
 */
async function migrationOf(session: Session): Promise<number | undefined> {
  const found = await session.get(
    `SELECT count(*) AS tables FROM pg_tables WHERE schemaname = $1 AND tablename = 'migrations'`,
    [SCHEMA],
  )
  if (found?.['tables'] === 0) return undefined
  const newest = await session.get(`SELECT coalesce(max(number), 0) AS number FROM ${SCHEMA}.migrations`)
  return Number(newest?.['number'])
}

async function createSchema(session: Session): Promise<void> {
  const found = await session.get('SELECT count(*) AS tables FROM pg_tables WHERE schemaname = $1', [SCHEMA])
  if (found?.['tables'] !== 0) {
    throw new ServerError(
      'STORE_NOT_OURS',
      `the schema ${SCHEMA} of this database belongs to another program`,
      {
        hint: 'Name another database in --database-url.',
      },
    )
  }
  // A schema made for us by an administrator is used as it is.
  const schema = await session.get('SELECT 1 AS is_there FROM pg_namespace WHERE nspname = $1', [SCHEMA])
  if (schema === undefined) await session.run(`CREATE SCHEMA ${SCHEMA}`)
  await session.run(`CREATE TABLE migrations (
    number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`)
}

function refuseNewer(found: number, known: number): void {
  if (found <= known) return
  throw new ServerError(
    'SCHEMA_TOO_NEW',
    `the database is at migration ${found}, this server knows ${known}`,
    {
      hint: 'Start the newer server again, or restore a backup from before the upgrade.',
    },
  )
}
