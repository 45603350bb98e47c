import { join } from 'node:path'

import type { FailureWords } from '@mosaicstack/telemetry-client/describe'
import { resolveSetting, ServerError } from '@mosaicstack/telemetry-server/config'
import type { Command } from 'commander'

import { CliError } from '../cli-error.ts'
import { type Connection, findConnection } from '../connection.ts'
import { terminal } from '../output/terminal.ts'
import { spoolDirectory } from '../spool-directory.ts'
import { withExample } from './with-example.ts'

interface Flags {
  readonly serverUrl?: string
  readonly dataDir?: string
  readonly spoolDir?: string
}

export function addMcp(program: Command): void {
  const mcp = program.command('mcp').description('predict and report tasks as tools of a coding agent')
  withExample(mcp, 'mosaic-telemetry mcp', 'claude mcp add mosaic-telemetry -- mosaic-telemetry mcp')
  mcp
    .option('--server-url <url>', 'ask and tell that server')
    .option('--data-dir <directory>', 'directory of the local server, where its key is kept')
    .option('--spool-dir <directory>', 'where reports wait [MOSAIC_TELEMETRY_SPOOL_DIR]')
    .action(serve)
}

async function serve(flags: Flags): Promise<void> {
  if (process.stdin.isTTY) {
    terminal.err('This speaks the Model Context Protocol; a coding agent starts it. Ctrl-C ends it.')
  }
  // Loaded here: no other command has to wait for it.
  const { ledgerPath, thisMachine } = await import('@mosaicstack/telemetry-importers')
  const { serveStdio } = await import('@mosaicstack/telemetry-mcp')
  await serveStdio({
    findConnection: () => connectionOrReason(flags),
    spoolDir: spoolDirectory(flags),
    ledgerFile: ledgerPath(thisMachine()),
    notesDir: join(resolveSetting('dataDir', flags.dataDir, process.env), 'predicted-tasks'),
  })
}

/** The server may be started after the agent: what is missing is said by the tools, not by an end of this process. */
function connectionOrReason(flags: Flags): Connection | FailureWords {
  try {
    return findConnection(flags)
  } catch (error) {
    if (error instanceof CliError || error instanceof ServerError) {
      return { what: error.message, nextStep: error.hint ?? '' }
    }
    throw error
  }
}
