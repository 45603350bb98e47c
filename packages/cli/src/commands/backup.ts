import type { Command } from 'commander'

import type { BackupFlags } from '../operations/back-up-store.ts'
import { addStoreFlags } from '../store-place.ts'
import { withExample } from './with-example.ts'

export function addBackup(program: Command): void {
  const command = program
    .command('backup <file>')
    .description('copy the whole store into a file, also while the server runs')
  withExample(command, 'mosaic-telemetry backup telemetry-2026-11-21.db')
  addStoreFlags(command)
    .option('--json', 'print JSON')
    .action(async (file: string, flags: BackupFlags) => {
      const { backUpStore } = await import('../operations/back-up-store.ts')
      await backUpStore(file, flags)
    })
}
