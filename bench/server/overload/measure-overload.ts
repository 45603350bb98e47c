import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { databaseFile } from '@mosaicstack/telemetry-server'

import { quantile } from '../harness/quantile.ts'
import { instanceIdOf } from '../ingest/population.ts'
import { copyOfStore, filledStore } from '../ingest/prefill.ts'
import { runLoad } from '../ingest/run-load.ts'
import { openSqliteDatabase } from '../ingest/server-internals.ts'
import { startTarget, type Target } from '../ingest/target.ts'
import type { ClientLoadResult } from './client-child.ts'
import type { OverloadResult } from './overload-result.ts'
import { runClients } from './run-clients.ts'

export interface OverloadPlan {
  readonly minutes: number
  /** What a commit takes longer than on this machine's own disk. */
  readonly commitMs: number
  readonly clients: number
  readonly processes: number
}

const SLOW_DISK = new URL('slow-disk.js', import.meta.url)
/** Samples of memory in the result. */
const SAMPLES = 10

/** Real clients track twice what the server takes; then the disk recovers, and everything must arrive once. */
export async function measureOverload(plan: OverloadPlan): Promise<Omit<OverloadResult, 'machine' | 'date'>> {
  const { minutes, commitMs, clients, processes } = plan
  const seconds = minutes * 60
  const capacity = await measureCapacity(commitMs)
  const copy = copyOfStore(await filledStore(0, 'random'))
  const spoolDir = mkdtempSync(join(tmpdir(), 'bench-spools-'))
  try {
    const endsAtMs = Date.now() + seconds * 1000
    const server = await startSlowServer(copy.dataDir, commitMs, endsAtMs)
    const memory = sampleMemory(server)
    const load = { url: `http://127.0.0.1:${server.port}`, eventsPerSecond: 2 * capacity, seconds, spoolDir }
    const results = await runClients({ ...load, drainSeconds: 600 + seconds }, clients, processes)
    const residentMb = memory.end().slice(0, Math.floor(seconds))
    await server.stop()
    const stored = await storedByInstance(copy.dataDir)
    return {
      minutes,
      commitMs,
      clients,
      capacity,
      offered: 2 * capacity,
      ...compare(results, stored),
      ...answers(results),
      drainSeconds: (Math.max(...results.map(({ drainedAtMs }) => drainedAtMs)) - endsAtMs) / 1000,
      residentMb: Array.from(
        { length: SAMPLES },
        (_, index) => residentMb[Math.floor(((index + 0.5) / SAMPLES) * residentMb.length)] ?? Number.NaN,
      ),
    }
  } finally {
    copy.remove()
    rmSync(spoolDir, { recursive: true, force: true })
  }
}

/** The most that the slow disk takes, in full groups. */
async function measureCapacity(commitMs: number): Promise<number> {
  const copy = copyOfStore(await filledStore(0, 'random'))
  const server = await startSlowServer(copy.dataDir, commitMs, Infinity)
  const load = { connections: 64, perBatch: 100, ids: 'random', warmUpSeconds: 3, seconds: 10 } as const
  const { eventsPerSecond } = await runLoad(server, load)
  await server.stop()
  copy.remove()
  return Math.round(eventsPerSecond)
}

function startSlowServer(dataDir: string, commitMs: number, recoversAtMs: number): Promise<Target> {
  const env = { BENCH_COMMIT_MS: String(commitMs), BENCH_DISK_RECOVERS_AT_MS: String(recoversAtMs) }
  return startTarget('ours', dataDir, { preloads: [SLOW_DISK], env })
}

/** Resident memory once a second, in megabytes. */
function sampleMemory({ pid }: Target): { end(): readonly number[] } {
  const samples: number[] = []
  const timer = setInterval(() => {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    samples.push(Number(kilobytes) / 1024)
  }, 1000)
  return {
    end() {
      clearInterval(timer)
      return samples
    },
  }
}

async function storedByInstance(dataDir: string): Promise<ReadonlyMap<string, number>> {
  const database = await openSqliteDatabase(databaseFile(dataDir))
  const rows = database
    .prepare(
      'SELECT instance_id, count(*) AS events FROM events JOIN instances USING (instance_no) GROUP BY instance_no',
    )
    .all()
  database.close()
  return new Map(rows.map((row) => [String(row['instance_id']), Number(row['events'])]))
}

function compare(results: readonly ClientLoadResult[], storedOf: ReadonlyMap<string, number>) {
  const tracked = results.flatMap((result) => Object.entries(result.tracked))
  return {
    tracked: sum(tracked.map(([, count]) => count)),
    stored: sum([...storedOf.values()]),
    differing: tracked.filter(([instance, count]) => storedOf.get(instanceIdOf(Number(instance))) !== count)
      .length,
    lostByClients: sum(results.map(({ lost }) => lost)),
  }
}

function answers(results: readonly ClientLoadResult[]) {
  const statuses: Record<string, number> = {}
  for (const [status, count] of results.flatMap((result) => Object.entries(result.statuses)))
    statuses[status] = (statuses[status] ?? 0) + count
  const acceptedMs = results.flatMap((result) => [...result.acceptedMs])
  return { statuses, acceptedP50Ms: quantile(acceptedMs, 0.5), acceptedP99Ms: quantile(acceptedMs, 0.99) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
