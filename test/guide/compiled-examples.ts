import { execFile } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { ClientStats } from '@mosaicstack/telemetry-client'

import { startNode, type Finished, type RunningCli, type Variables } from '../cli/run-cli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The examples as JavaScript, resolved and run against the built packages as a reader's own project would. */
export interface CompiledExamples extends Disposable {
  /** What the compiler had to say; empty where nothing is wrong. */
  readonly diagnostics: string
  start(program: string, variables: Variables): RunningCli
  run(program: string, variables: Variables): Promise<Finished>
  runSnippet(name: string, variables: Variables): Promise<SnippetReport>
}

/** What `drivers/snippet.ts` prints, and what the fragment wrote to stderr. */
export interface SnippetReport {
  readonly requested: readonly string[]
  readonly logged: readonly string[]
  readonly stats: ClientStats
  readonly stderr: string
}

export async function compileExamples(): Promise<CompiledExamples> {
  // Inside the repository, so that Node finds the packages from there.
  const cache = join(ROOT, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const directory = mkdtempSync(join(cache, 'guide-examples-'))
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  const diagnostics = await typeCheck(join(ROOT, 'test/guide/tsconfig.json'), '--outDir', directory)
  // The guide leaves the call of its function to the reader.
  appendFileSync(join(directory, 'examples/node-service/task-runner.js'), '\nawait runTask()\n')

  // The hook that Node 20 has is deprecated in 26; its successor came with 22.15.
  const hooks = ['--disable-warning=DEP0205', '--import', join(directory, 'stand-ins/register.js')]
  const start = (program: string, variables: Variables) =>
    startNode([...hooks, join(directory, program)], variables)
  return {
    diagnostics,
    start,
    run: (program, variables) => start(program, variables).finished,
    async runSnippet(name, variables) {
      const environment = { ...variables, GUIDE_SNIPPET: name }
      const { stdout, stderr } = await start('drivers/snippet.js', environment).finished
      return { ...(JSON.parse(stdout) as Omit<SnippetReport, 'stderr'>), stderr }
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** Runs the repository's compiler on a project; resolves to what it prints. */
export function typeCheck(project: string, ...options: readonly string[]): Promise<string> {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '-p', project, ...options], (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    )
  })
}
