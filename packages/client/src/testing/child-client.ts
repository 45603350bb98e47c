import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

import { anEvent } from './an-event.ts'

/** The built package, as a program outside this repository would load it. */
const entry = new URL('../../dist/index.js', import.meta.url).href

export interface ChildClient {
  readonly process: ChildProcess
  /** Everything it has written so far. */
  readonly output: () => { readonly stdout: string; readonly stderr: string }
  /** Resolves when it has written this line to stderr. */
  readonly said: (line: string) => Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/**
 * Runs a program that finds `client`, `anEvent()` and `say()` ready. It is a real process of the built package, so
 * that it can really die.
 */
export function runChildClient(config: Readonly<Record<string, unknown>>, program: string): ChildClient {
  const source = `
    import { TelemetryClient } from ${JSON.stringify(entry)}
    import { writeSync } from 'node:fs'
    const say = (line) => writeSync(2, line + '\\n')
    const anEvent = () => (${JSON.stringify(anEvent())})
    const client = new TelemetryClient(${JSON.stringify(config)})
    ${program}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })

  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  return {
    process: child,
    output: () => ({ stdout, stderr }),
    async said(line) {
      while (!stderr.includes(line)) await once(child.stderr, 'data')
    },
    ended: once(child, 'close').then(([code, signal]) => ({ code, signal })),
  }
}
