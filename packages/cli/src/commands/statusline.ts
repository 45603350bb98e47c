import type { Command } from 'commander'

import { withExample } from './with-example.ts'

export function addStatusline(program: Command): void {
  const command = program.command('statusline').description("one line for Claude Code's status bar")
  withExample(command, 'mosaic-telemetry statusline   # as `init claude-code` sets it up')
  command.action(async () => {
    const { runStatusline } = await import('../statusline/run-statusline.ts')
    runStatusline()
  })
}
