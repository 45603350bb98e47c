import type { Command } from 'commander'

import type { BacktestFlags } from '../backtest/run-backtest-command.ts'
import { withExample } from './with-example.ts'

export function addBacktest(program: Command): void {
  const command = program
    .command('backtest')
    .description('how good the predictions would have been: each task from the earlier ones')
  withExample(command, 'mosaic-telemetry backtest', 'mosaic-telemetry backtest events.ndjson --json')
  command
    .argument('[file]', 'events, one JSON object a line, or a telemetry.db; the demo tasks without it')
    .option('--json', 'print the figures as JSON')
    .action(async (file: string | undefined, flags: BacktestFlags) => {
      const { runBacktestCommand } = await import('../backtest/run-backtest-command.ts')
      await runBacktestCommand(file, flags)
    })
}
