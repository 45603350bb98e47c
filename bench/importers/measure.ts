import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

export interface Measured {
  readonly seconds: number
  /** Of all its threads, to the last look; undefined where the system has no /proc. */
  readonly cpuSeconds: number | undefined
  /** Of the process that was started; undefined where the system has no /proc. */
  readonly peakMb: number | undefined
  readonly stdout: string
}

const LOOK_EVERY_MS = 20

/** Runs a program to its end. The system keeps the peak itself, so looking now and then is enough. */
export async function measure(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  stdin = '',
): Promise<Measured> {
  const startedAt = performance.now()
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  let peakMb: number | undefined
  let cpuSeconds: number | undefined
  const timer = setInterval(() => {
    peakMb = peakOf(child.pid) ?? peakMb
    cpuSeconds = cpuOf(child.pid) ?? cpuSeconds
  }, LOOK_EVERY_MS)
  const [code] = (await once(child, 'close')) as [number | null]
  const seconds = (performance.now() - startedAt) / 1000
  clearInterval(timer)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stdout.slice(0, 500)}`)
  return { seconds, cpuSeconds, peakMb, stdout }
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
  } catch {
    return undefined
  }
}

/** In hundredths of a second, as Linux counts. */
function cpuOf(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return undefined
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}
