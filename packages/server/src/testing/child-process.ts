import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** The built package, as a program outside this repository loads it. */
const builtPackage = new URL('../../dist/index.js', import.meta.url).href

export interface RunningChild {
  readonly process: ChildProcess
  /** Resolves when it has written this text to standard output. */
  readonly said: (text: string) => Promise<void>
  readonly ended: Promise<Ending>
}

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a module that finds the package's exports as `server` and its argument as `given`. It is a real process, so that
 * it can really compete and really die.
 */
export function runChild(given: unknown, source: string): RunningChild {
  const module = `
    import * as server from ${JSON.stringify(builtPackage)}
    const given = ${JSON.stringify(given)}
    ${source}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', module], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })

  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }))
  return {
    process: child,
    ended,
    async said(text) {
      while (!stdout.includes(text)) {
        const next = await Promise.race([once(child.stdout, 'data'), ended])
        if (!Array.isArray(next) && !stdout.includes(text)) {
          throw new Error(`the child ended before it said "${text}": ${next.stderr}`)
        }
      }
    },
  }
}
