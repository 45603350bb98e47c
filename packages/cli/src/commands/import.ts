import { type Command, Option } from 'commander'

import type { ImportFlags } from '../import/run-import.ts'
import { withExample } from './with-example.ts'

export function addImport(program: Command): void {
  const command = program
    .command('import [source...]')
    .description('find the logs of coding agents and send their finished tasks')
  withExample(command, 'mosaic-telemetry import', 'mosaic-telemetry import claude-code --dry-run')
  command
    .option('--since <day>', 'send tasks that ended on that day or later:\n2026-11-21, or 7d')
    .option('--dry-run', 'print the events that would be sent; send and keep\nnothing')
    .option('--watch', 'go on whenever a log changes, until Ctrl-C')
    .addOption(
      new Option('--per <unit>', 'one event a task or one a session; decide once')
        .choices(['task', 'session'])
        .default('task'),
    )
    .option('--server-url <url>', 'send to that server')
    .option('--data-dir <directory>', 'directory of the local server, where its key is\nkept')
    .option('--spool-dir <directory>', 'where events wait [MOSAIC_TELEMETRY_SPOOL_DIR]')
    .option('--json', 'print JSON')
    .addOption(new Option('--background', 'as a hook starts it').hideHelp())
    .action(async (sources: readonly string[], flags: ImportFlags) => {
      // Loaded here: no other command has to wait for it.
      const { runImport } = await import('../import/run-import.ts')
      await runImport(sources, flags)
    })
}
