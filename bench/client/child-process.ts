import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Readable } from 'node:stream'

/** File descriptor on which a child reports, one JSON object a line. */
export const REPORT_FD = 3

export interface ChildEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The last lines of its stderr, for when it failed. */
  readonly stderr: string
}

/** A measured process: its reports as they come, its end, and the line that asks it to stop. */
export interface Child<Report> {
  readonly ended: Promise<ChildEnd>
  hasEnded(): boolean
  askToStop(): void
  kill(signal: NodeJS.Signals): void
  onReport(listener: (report: Report) => void): void
}

const MAX_STDERR_CHARACTERS = 2000

/** Runs a program of this bench in a process of its own; `input` arrives as its first argument. */
export function startChild<Report>(
  program: string,
  input: unknown,
  nodeOptions: readonly string[] = [],
): Child<Report> {
  const file = fileURLToPath(new URL(program, import.meta.url))
  const child = spawn(process.execPath, [...nodeOptions, file, JSON.stringify(input)], {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-MAX_STDERR_CHARACTERS)
  })
  child.stdin?.on('error', () => undefined) // it may be gone before it is asked to stop
  const lines = createInterface({ input: child.stdio[REPORT_FD] as Readable })
  const ended = once(child, 'close').then(([code, signal]): ChildEnd => ({ code, signal, stderr }))

  return {
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    askToStop: () => void child.stdin?.end('stop\n'),
    kill: (signal) => void child.kill(signal),
    onReport: (listener) => void lines.on('line', (line) => listener(JSON.parse(line) as Report)),
  }
}
