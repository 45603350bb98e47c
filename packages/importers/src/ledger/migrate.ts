import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { ImporterError } from '../importer-error.ts'
import type { SqliteDriver } from './sqlite-driver.ts'
import { transaction } from './transaction.ts'

/** "MoLe" in the file's header: tells our ledger from anybody else's database. */
const APPLICATION_ID = 0x4d6f4c65

/**
 * Brings a ledger to this version's schema. Safe when several processes start at once: each step is one transaction
 * that first looks whether another process was faster.
 *
 * @throws ImporterError for another application's file, and for one from a newer version.
 */
export function migrate(database: SqliteDriver): void {
  refuseForeign(database)
  const migrations = readMigrations()
  for (const [index, sql] of migrations.entries()) {
    if (pragma(database, 'user_version') > index) continue
    transaction(database, () => {
      if (pragma(database, 'user_version') > index) return
      database.exec(sql)
      database.exec(`PRAGMA user_version = ${index + 1}; PRAGMA application_id = ${APPLICATION_ID}`)
    })
  }

  const found = pragma(database, 'user_version')
  if (found > migrations.length) {
    throw new ImporterError(
      'LEDGER_TOO_NEW',
      `the ledger is at migration ${found}, this version knows ${migrations.length}`,
      { hint: 'Use the newer version again, or name another ledger file.' },
    )
  }
}

function refuseForeign(database: SqliteDriver): void {
  const isEmpty = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] === 0
  if (isEmpty || pragma(database, 'application_id') === APPLICATION_ID) return
  throw new ImporterError('LEDGER_NOT_OURS', 'the ledger file belongs to another application', {
    hint: 'Name another ledger file.',
  })
}

function pragma(database: SqliteDriver, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
}

/** `migrations/NNNN-name.sql` in order. A published one is never edited. */
function readMigrations(): readonly string[] {
  const folder = fileURLToPath(new URL('../../migrations/', import.meta.url))
  const files = readdirSync(folder)
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .sort()
  return files.map((file) => readFileSync(`${folder}${file}`, 'utf8'))
}
