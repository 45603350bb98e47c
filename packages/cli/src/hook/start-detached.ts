import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url))

/** Starts a command of ours that goes on after this process, and after the agent, have ended. It prints nowhere. */
export function startDetached(args: readonly string[]): void {
  const child = spawn(process.execPath, [MAIN, ...args], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  })
  child.on('error', () => {}) // no more processes: the next hook tries again
  child.unref()
}
