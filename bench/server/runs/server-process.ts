import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../../../packages/cli/dist/main.js', import.meta.url))

/** The server as its users start it. */
export interface ServerProcess {
  readonly url: string
  /** CPU time it has used so far on all its threads, in milliseconds; NaN where the system does not say. */
  cpuMs(): number
  stop(): Promise<void>
}

export async function startServerProcess(dataDir: string): Promise<ServerProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    [PROGRAM, 'serve', '--port', '0', '--data-dir', dataDir, '--log-level', 'error'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  if (child.stdout === null) throw new Error('the server has no stdout')
  const closed = once(child, 'close')
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>
  const ended = closed.then(([code]) => {
    throw new Error(`the server ended with code ${code} before it answered`)
  })
  const [url] = await Promise.race([line, ended])
  ended.catch(() => undefined) // its end is expected from here on
  return {
    url,
    cpuMs: () => cpuMsOf(child.pid),
    async stop() {
      child.kill('SIGTERM')
      await closed
    },
  }
}

/** Linux counts in hundredths of a second. */
function cpuMsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return Number.NaN
  }
}
