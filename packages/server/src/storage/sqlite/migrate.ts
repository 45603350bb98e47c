import { ServerError } from '../../server-error.ts'
import { readMigrations } from '../migrations.ts'
import type { SqliteDriver } from './driver.ts'
import { transaction } from './transaction.ts'

/** "MoTe" in the file's header: tells our databases from anybody else's. */
const APPLICATION_ID = 0x4d6f5465

/**
 * Brings a database to this server's schema. Safe when several processes start at once: each step is one transaction
 * that first looks whether another process was faster.
 *
 * @throws ServerError for a database from a newer server.
 */
export function migrate(database: SqliteDriver): void {
  const migrations = readMigrations('sqlite')
  for (const migration of migrations) {
    transaction(database, () => {
      if (pragma(database, 'user_version') >= migration.number) return
      database.exec(migration.sql)
      database.exec(`PRAGMA user_version = ${migration.number}; PRAGMA application_id = ${APPLICATION_ID}`)
    })
  }

  refuseNewer(database)
}

/**
 * Looks how new the schema is, and changes nothing.
 *
 * @throws ServerError for a database from a newer server.
 */
export function refuseNewer(database: SqliteDriver): void {
  const known = readMigrations('sqlite').length
  const found = pragma(database, 'user_version')
  if (found > known) {
    throw new ServerError(
      'SCHEMA_TOO_NEW',
      `the database is at migration ${found}, this server knows ${known}`,
      {
        hint: 'Start the newer server again, or restore a backup from before the upgrade.',
      },
    )
  }
}

/**
 * Looks whose file it is, before anything is changed in it.
 *
 * @throws ServerError for a database of another application.
 */
export function refuseForeign(database: SqliteDriver): void {
  const isEmpty = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] === 0
  if (isEmpty || pragma(database, 'application_id') === APPLICATION_ID) return
  throw new ServerError('STORE_NOT_OURS', 'the database file belongs to another application', {
    hint: 'Choose another --data-dir.',
  })
}

function pragma(database: SqliteDriver, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}
