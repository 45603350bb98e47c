import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))

/** The server as its users start it, in a process of its own. */
export interface ChildServer {
  readonly url: string
  readonly pid: number
  end(signal: NodeJS.Signals): Promise<void>
}

export async function startChildServer(dataDir: string, flags: readonly string[] = []): Promise<ChildServer> {
  const child: ChildProcess = spawn(
    process.execPath,
    [PROGRAM, 'serve', '--port', '0', '--data-dir', dataDir, '--log-level', 'error', ...flags],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const closed = once(child, 'close')
  const [url] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  return {
    url,
    pid: child.pid!,
    async end(signal) {
      child.kill(signal)
      await closed
    },
  }
}
