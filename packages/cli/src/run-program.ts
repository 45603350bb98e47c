import { CommanderError } from 'commander'

import { tolerateClosedPipes } from './output/closed-pipes.ts'
import { terminal } from './output/terminal.ts'
import { buildProgram } from './program.ts'

/** Runs a command line and gives the process its exit code: 0 done, 1 failed, 2 called wrongly. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  tolerateClosedPipes()
  try {
    await buildProgram().parseAsync(argv)
  } catch (error) {
    process.exitCode = exitCodeOf(error)
  }
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its message already, and help is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (!(error instanceof Error)) throw error

  const { hint, exitCode, code } = error as Error & { hint?: string; exitCode?: number; code?: string }
  if (hint === undefined) {
    terminal.err(`mosaic-telemetry failed: ${error.stack ?? error.message}`)
    return 1
  }
  terminal.err(`error: ${error.message}\n${hint}`)
  return exitCode ?? (code === 'BAD_CONFIG' ? 2 : 1)
}
