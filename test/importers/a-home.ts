import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { asLines, contentsOf, fixture } from '../../packages/importers/src/testing/workbench.ts'
import { openLedger } from '../../packages/importers/src/ledger/ledger.ts'
import { type Finished, runCli, temporaryDirectory, type Variables } from '../cli/run-cli.ts'

/** A home directory of somebody who works with coding agents. */
export interface Home extends Disposable {
  readonly path: string
  /** What a command needs to be at home there, and nothing else. */
  readonly variables: Variables
  readonly ledger: string
  /** Copies Claude Code's recorded sessions, as if they had been held yesterday. */
  bringRecorded(): void
  write(homePath: string, content: string | readonly unknown[]): void
  run(args: string, variables?: Variables): Promise<Finished>
  /** Everything that the ledger knows, without the numbers it gave. */
  ledgerContents(): Promise<unknown>
  /** Each file below the home directory, with its time of change. */
  snapshot(): Readonly<Record<string, number>>
}

export const RECORDED_TASKS = 5

export function aHome(): Home {
  const directory = temporaryDirectory()
  const { path } = directory
  const ledger = join(path, '.local/state/mosaic-telemetry/ledger.db')
  const variables = { HOME: path, XDG_DATA_HOME: join(path, '.local/share') }
  return {
    path,
    variables,
    ledger,
    bringRecorded() {
      const projects = join(path, '.claude/projects')
      cpSync(fixture('claude-code/recorded/projects'), projects, { recursive: true })
      for (const file of filesBelow(projects)) writeFileSync(file, heldYesterday(readFileSync(file, 'utf8')))
    },
    write(homePath, content) {
      const file = join(path, homePath)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, typeof content === 'string' ? content : asLines(content))
    },
    run: (args, more = {}) => runCli(args.split(' '), { ...variables, ...more }),
    async ledgerContents() {
      await using opened = await openLedger({ path: ledger })
      return contentsOf(opened)
    },
    snapshot: () => Object.fromEntries(filesBelow(path).map((file) => [file, statSync(file).mtimeMs])),
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  }
}

function heldYesterday(text: string): string {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  return text.replaceAll('"2026-11-21T', `"${yesterday}T`)
}

export function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
