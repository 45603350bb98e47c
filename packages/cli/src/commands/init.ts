import type { Command } from 'commander'

import type { InitFlags } from '../init/run-init.ts'
import { withExample } from './with-example.ts'

export function addInit(program: Command): void {
  const init = program.command('init').description('set a coding agent up to report by itself')
  withExample(init, 'mosaic-telemetry init claude-code')
  const claudeCode = init
    .command('claude-code')
    .description("add hooks and a status line to Claude Code's settings, after asking")
  withExample(claudeCode, 'mosaic-telemetry init claude-code --show-forecast')
  claudeCode
    .option('--remove', 'take everything of ours out again')
    .option('--yes', 'do not ask')
    .option('--show-forecast', 'tell what such tasks cost when a prompt is submitted')
    .option('--no-statusline', 'hooks only')
    .option('--otel', 'also switch on its OpenTelemetry, to this server')
    .option('--settings <file>', 'default: ~/.claude/settings.json')
    .option('--server-url <url>', 'for --otel: report to that server')
    .option('--data-dir <directory>', 'for --otel: directory of the local server')
    .action(async (flags: InitFlags) => {
      const { runInit } = await import('../init/run-init.ts')
      await runInit(flags)
    })
}
