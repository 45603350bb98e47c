import type { Command } from 'commander'

import type { MigrateFlags } from '../operations/migrate-store.ts'
import { withExample } from './with-example.ts'

export function addMigrate(program: Command): void {
  const command = program
    .command('migrate')
    .description('move the embedded store into a PostgreSQL database; the server must be stopped')
  withExample(command, 'mosaic-telemetry migrate --to postgres://user@host/telemetry')
  command
    .requiredOption('--to <url>', 'an empty PostgreSQL database; PGPASSWORD and .pgpass work')
    .option('--data-dir <directory>', 'directory of the local store')
    .option('--json', 'print JSON')
    .action(async (flags: MigrateFlags) => {
      const { migrateStore } = await import('../operations/migrate-store.ts')
      await migrateStore(flags)
    })
}
