import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))

/** What a finished command has left behind. */
export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export type Variables = Readonly<Record<string, string>>

/** Runs the built command line to its end, as a process of its own. */
export async function runCli(args: readonly string[], variables: Variables = {}): Promise<Finished> {
  const child = startCli(args, variables)
  return child.finished
}

/** A command line that runs. */
export interface RunningCli {
  readonly process: ChildProcess
  readonly finished: Promise<Finished>
  /** The first line on standard output; rejects with what stderr said where the command ends without one. */
  readonly firstLine: Promise<string>
}

export function startCli(args: readonly string[], variables: Variables = {}): RunningCli {
  return startNode([MAIN, ...args], variables)
}

/** Starts Node with these arguments, and with no more of this process's environment than it needs. */
export function startNode(args: readonly string[], variables: Variables): RunningCli {
  const child = spawn(process.execPath, args, {
    env: childEnvironment(variables),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))

  const finished = once(child, 'close').then(([code, signal]) => ({ code, signal, ...output }) as Finished)
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      if (output.stdout.includes('\n')) resolve(output.stdout.split('\n')[0] ?? '')
    })
    void finished.then(({ stderr }) => reject(new Error(`ended without a line on stdout: ${stderr}`)))
  })
  firstLine.catch(() => {}) // for commands that print nothing
  return { process: child, finished, firstLine }
}

/** A server as a process of its own; disposing of it ends it as an operator would. */
export interface RunningServe extends AsyncDisposable {
  readonly url: string
  readonly cli: RunningCli
  stop(): Promise<Finished>
}

export async function startServe(
  dataDir: string,
  variables: Variables = {},
  port = '0',
): Promise<RunningServe> {
  const cli = startCli(['serve', '--port', port, '--data-dir', dataDir, '--log-level', 'warn'], variables)
  const stop = () => {
    cli.process.kill('SIGTERM')
    return cli.finished
  }
  return { url: await cli.firstLine, cli, stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}

/** A directory that is gone at the end of its scope. */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mosaic-telemetry-test-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Nothing of the machine's own settings reaches the command; its clock is UTC, its terminal 80 columns wide. */
function childEnvironment(variables: Variables): Record<string, string> {
  const { PATH = '' } = process.env
  return { PATH, TZ: 'UTC', NO_COLOR: '1', COLUMNS: '80', ...variables }
}
