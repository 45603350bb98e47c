import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import type { Load, LoadResult } from './load-child.ts'
import type { Target, ThreadCpuMs } from './target.ts'

const CHILD = fileURLToPath(new URL('load-child.js', import.meta.url))

export interface MeasuredLoad extends LoadResult {
  readonly eventsPerSecond: number
  /** CPU of the server in microseconds an event, thread by thread. */
  readonly cpuMicros: ThreadCpuMs
}

/** Puts a load on a server from a process of its own; CPU is counted over the same seconds as answers are. */
export async function runLoad(target: Target, load: Omit<Load, 'port'>): Promise<MeasuredLoad> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify({ ...load, port: target.port })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let cpuBefore: ThreadCpuMs = {}
  let last = ''
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'measuring') cpuBefore = target.threadCpuMs()
    last = line
  }
  const cpuAfter = target.threadCpuMs()
  const result = JSON.parse(last) as LoadResult
  const events = result.answered * load.perBatch
  return {
    ...result,
    eventsPerSecond: events / result.seconds,
    cpuMicros: Object.fromEntries(
      Object.entries(cpuAfter).map(([name, ms]) => [name, ((ms - (cpuBefore[name] ?? 0)) * 1000) / events]),
    ),
  }
}
