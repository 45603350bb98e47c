import { type Command, Option } from 'commander'

import type { HookFlags } from '../hook/run-hook.ts'
import { withExample } from './with-example.ts'

export function addHook(program: Command): void {
  const hook = program.command('hook').description('what a coding agent calls when something happens')
  withExample(hook, 'mosaic-telemetry hook claude-code   # as `init claude-code` sets it up')
  const claudeCode = hook
    .command('claude-code')
    .description('notes a hook event of Claude Code, given on stdin')
  withExample(claudeCode, 'mosaic-telemetry hook claude-code --show-forecast')
  claudeCode
    .option('--show-forecast', 'tell the user what such tasks cost, before the work\nstarts')
    .addOption(new Option('--refresh-forecast <model>').hideHelp())
    .action(async (flags: HookFlags) => {
      const { runHook } = await import('../hook/run-hook.ts')
      await runHook(flags)
    })
}
