import type { Command } from 'commander'

import type { BackupFlags } from '../operations/back-up-store.ts'
import { addStoreFlags } from '../store-place.ts'
import { withExample } from './with-example.ts'

export function addRestore(program: Command): void {
  const command = program
    .command('restore <file>')
    .description('put a backup in the place of the store, which is kept aside; the server must be stopped')
  withExample(command, 'mosaic-telemetry restore telemetry-2026-11-21.db')
  addStoreFlags(command)
    .option('--json', 'print JSON')
    .action(async (file: string, flags: BackupFlags) => {
      const { restoreStore } = await import('../operations/restore-store.ts')
      await restoreStore(file, flags)
    })
}
