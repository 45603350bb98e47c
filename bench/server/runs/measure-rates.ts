import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { Load, LoadResult } from './load-child.ts'
import { startServerProcess } from './server-process.ts'

const run = promisify(execFile)
const CHILD = fileURLToPath(new URL('load-child.js', import.meta.url))

/** One way of writing runs, and what the Python service did of it on another day. */
export interface RateCase {
  readonly name: string
  readonly connections: number
  readonly batch: number
  readonly recordedRunsPerSecond: number | undefined
  readonly goal: number | undefined
}

export const rateCases: readonly RateCase[] = [
  { name: 'one by one, 1 connection', connections: 1, batch: 0, recordedRunsPerSecond: 363, goal: 20 },
  { name: 'one by one, 8 connections', connections: 8, batch: 0, recordedRunsPerSecond: 581, goal: 20 },
  { name: 'one by one, 32 connections', connections: 32, batch: 0, recordedRunsPerSecond: 672, goal: 20 },
  {
    name: 'batches of 100, 1 connection',
    connections: 1,
    batch: 100,
    recordedRunsPerSecond: undefined,
    goal: undefined,
  },
  { name: 'batches of 100, 4 connections', connections: 4, batch: 100, recordedRunsPerSecond: 8000, goal: 8 },
]

export interface RateResult extends LoadResult {
  readonly name: string
  readonly runsPerSecond: number
  /** CPU of the server's process, all threads. */
  readonly cpuMicrosPerRun: number
}

const WARM_UP_SECONDS = 1

/** Measures every case in turn, as often as there are rounds; a new server and an empty store for each. */
export async function measureRates(
  rounds: number,
  seconds: number,
  onResult: (result: RateResult) => void,
): Promise<readonly RateResult[]> {
  const results: RateResult[] = []
  for (let round = 0; round < rounds; round++) {
    for (const rateCase of rateCases) {
      const result = await measureCase(rateCase, seconds)
      onResult(result)
      results.push(result)
    }
  }
  return results
}

async function measureCase({ name, connections, batch }: RateCase, seconds: number): Promise<RateResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-runs-'))
  const server = await startServerProcess(dataDir)
  try {
    const port = Number(new URL(server.url).port)
    await runLoad({ port, connections, batch, seconds: WARM_UP_SECONDS, tag: 'warm' })
    const cpuBeforeMs = server.cpuMs()
    const result = await runLoad({ port, connections, batch, seconds, tag: 'run' })
    return {
      ...result,
      name,
      runsPerSecond: result.runs / result.seconds,
      cpuMicrosPerRun: ((server.cpuMs() - cpuBeforeMs) * 1000) / result.runs,
    }
  } finally {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function runLoad(load: Load): Promise<LoadResult> {
  const { stdout } = await run(process.execPath, [CHILD, JSON.stringify(load)])
  return JSON.parse(stdout) as LoadResult
}
