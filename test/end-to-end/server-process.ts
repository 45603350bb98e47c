import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { readLocalCredentials } from '../../packages/server/src/local-files.ts'

const commandLine = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))

/** `mosaic-telemetry serve` in a process of its own, so that it can really die. */
export interface ServerProcess {
  readonly url: string
  readonly apiKey: string
  readonly instanceId: string
  readonly pid: number
  /** From the start of the process to the line that says where it answers. */
  readonly readyAfterMs: number
  /** Resolves when it has ended, by itself or not. */
  readonly ended: Promise<Omit<ProcessEnding, 'tookMs'>>
  /** Sends a signal and waits for the end; an ended process stays as it ended. */
  end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<ProcessEnding>
}

export interface ProcessEnding {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** From the signal to the end. */
  readonly tookMs: number
}

/** @param prefix runs before the server in the same process, such as `ulimit` in a shell: `exec` follows it. */
export async function startServerProcess(
  dataDir: string,
  flags: readonly string[] = [],
  prefix?: string,
): Promise<ServerProcess> {
  const startedAtMs = performance.now()
  const args = [commandLine, 'serve', '--port', '0', '--data-dir', dataDir, '--log-level', 'warn', ...flags]
  const child =
    prefix === undefined
      ? spawn(process.execPath, args, { env: cleanEnvironment() })
      : spawn('bash', ['-c', `${prefix}; exec "$0" "$@"`, process.execPath, ...args], {
          env: cleanEnvironment(),
        })
  const { address, ending } = watch(child)
  const url = await address
  const readyAfterMs = performance.now() - startedAtMs

  const credentials = readLocalCredentials(dataDir)
  if (credentials === undefined) throw new Error('the server has made no credentials')
  return {
    url,
    apiKey: credentials.api_key,
    instanceId: credentials.instance_id,
    pid: child.pid ?? 0,
    readyAfterMs,
    ended: ending,
    async end(signal) {
      const signalledAtMs = performance.now()
      child.kill(signal)
      return { ...(await ending), tookMs: performance.now() - signalledAtMs }
    },
  }
}

function watch(child: ChildProcess) {
  let stdout = ''
  let stderr = ''
  child.stderr?.on('data', (chunk) => (stderr += chunk))
  const ending = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }))
  const address = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      stdout += chunk
      const [line] = stdout.split('\n', 1)
      if (stdout.includes('\n')) resolve(String(line))
    })
    void ending.then(() => reject(new Error(`the server ended before it was ready: ${stderr}`)))
  })
  return { address, ending }
}

/** Without settings of whoever runs the tests. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(MOSAIC_TELEMETRY|TELEMETRY)_/.test(name)),
  )
}
