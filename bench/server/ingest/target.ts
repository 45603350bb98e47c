import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { databaseFile } from '@mosaicstack/telemetry-server/config'

const PROGRAM = fileURLToPath(new URL('../../../../packages/cli/dist/main.js', import.meta.url))

export type TargetName = 'floor' | 'ours' | 'instant'

/** CPU time used so far, in milliseconds, by our name for a thread; `other` is what Node runs beside them. */
export type ThreadCpuMs = Readonly<Record<string, number>>

/** A server process under load. */
export interface Target {
  readonly port: number
  readonly pid: number
  threadCpuMs(): ThreadCpuMs
  stop(): Promise<void>
}

export interface TargetOptions {
  readonly nodeFlags?: readonly string[]
  /** Modules loaded before anything else, in every thread. */
  readonly preloads?: readonly URL[]
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a server on a data directory; `ours` as its users do, with everything on. */
export async function startTarget(
  name: TargetName,
  dataDir: string,
  { nodeFlags = [], preloads = [], env = {} }: TargetOptions = {},
): Promise<Target> {
  const threadsDir = mkdtempSync(join(tmpdir(), 'bench-threads-'))
  const imports = [new URL('name-threads.js', import.meta.url), ...preloads].map(
    ({ href }) => `--import ${href}`,
  )
  const child: ChildProcess = spawn(process.execPath, [...nodeFlags, ...argumentsOf(name, dataDir)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...env, NODE_OPTIONS: imports.join(' '), BENCH_THREADS_DIR: threadsDir },
  })
  if (child.stdout === null || child.pid === undefined) throw new Error(`${name} did not start`)
  const { pid } = child
  const closed = once(child, 'close')
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>
  const ended = closed.then(([code]) => {
    throw new Error(`${name} ended with code ${code} before it answered`)
  })
  const [url] = await Promise.race([line, ended])
  ended.catch(() => undefined) // its end is expected from here on
  return {
    pid,
    port: Number(new URL(url).port),
    threadCpuMs: () => cpuMsByThread(pid, threadsDir),
    async stop() {
      child.kill('SIGTERM')
      await closed
      rmSync(threadsDir, { recursive: true })
    },
  }
}

function argumentsOf(name: TargetName, dataDir: string): readonly string[] {
  if (name === 'ours') return [PROGRAM, 'serve', '--port', '0', '--data-dir', dataDir]
  const script = fileURLToPath(new URL(`floor/${name}-server.js`, import.meta.url))
  return [script, databaseFile(dataDir)]
}

/** Linux counts in hundredths of a second. Elsewhere there is nothing to read, and nothing is claimed. */
function cpuMsByThread(pid: number, threadsDir: string): ThreadCpuMs {
  const cpuMs: Record<string, number> = {}
  const names = new Map(
    readdirSync(threadsDir).map((tid) => [tid, readFileSync(join(threadsDir, tid), 'utf8')]),
  )
  for (const tid of threadsOf(pid)) {
    const name = names.get(tid) ?? 'other'
    cpuMs[name] = (cpuMs[name] ?? 0) + cpuMsOf(`/proc/${pid}/task/${tid}/stat`)
  }
  return cpuMs
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function cpuMsOf(statFile: string): number {
  const fields = readFileSync(statFile, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
