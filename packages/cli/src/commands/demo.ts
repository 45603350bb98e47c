import type { Command } from 'commander'

import { withExample } from './with-example.ts'

export function addDemo(program: Command): void {
  const command = program.command('demo').description('see it work on real tasks, on a fresh store')
  withExample(command, 'mosaic-telemetry demo')
  command
    .option('--once', 'exit when the table is printed')
    .option('--port <number>', 'port of the demo server, any free one when it is taken', '8765')
    .action(async (flags: { readonly once?: boolean; readonly port: string }) => {
      const { runDemo } = await import('../demo/run-demo.ts')
      await runDemo(flags)
    })
}
