import { Argument, type Command, Option } from 'commander'

import type { ExportFlags, ExportKind } from '../operations/export-store.ts'
import { addStoreFlags } from '../store-place.ts'
import { withExample } from './with-example.ts'

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description('write events or agent runs to standard output or a file, also while the server runs')
    .addArgument(new Argument('[what]', 'what to write').choices(['events', 'runs']).default('events'))
  withExample(
    command,
    'mosaic-telemetry export --format ndjson > events.ndjson',
    'mosaic-telemetry export --format parquet --since 2026-01-01 --out events.parquet',
  )
  addStoreFlags(command)
    .addOption(
      new Option('--format <format>', 'how to write it; parquet is for events')
        .choices(['ndjson', 'csv', 'parquet'])
        .default('ndjson'),
    )
    .option('--since <moment>', 'received (runs: created) at this day or moment or later, UTC')
    .option('--until <moment>', 'received (runs: created) before this day or moment, UTC')
    .option('--out <file>', 'write this file instead of standard output')
    .action(async (what: ExportKind, flags: ExportFlags) => {
      const { exportStore } = await import('../operations/export-store.ts')
      await exportStore(what, flags)
    })
}
