import type { Command } from 'commander'

import type { PruneFlags } from '../operations/prune-store.ts'
import { addStoreFlags } from '../store-place.ts'
import { withExample } from './with-example.ts'

export function addPrune(program: Command): void {
  const command = program
    .command('prune')
    .description('delete events and ended runs that are old, also while the server runs')
  withExample(
    command,
    'mosaic-telemetry prune --older-than 180d --dry-run',
    'mosaic-telemetry prune --older-than 180d --runs-older-than 30d',
  )
  addStoreFlags(command)
    .option('--older-than <days>', 'events, and what OpenTelemetry told, received before so many days: 180d')
    .option('--runs-older-than <days>', 'ended agent runs of which nothing was heard for so many days: 30d')
    .option('--dry-run', 'say what would be deleted, and delete nothing')
    .option('--force', 'delete also events that predictions are made from')
    .option('--window-days <number>', 'days of events that the server predicts from')
    .option('--compact', 'give the room in the SQLite file back; the server must be stopped')
    .option('--json', 'print JSON')
    .action(async (flags: PruneFlags) => {
      const { pruneStore } = await import('../operations/prune-store.ts')
      await pruneStore(flags)
    })
}
