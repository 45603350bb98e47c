import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { type MeasuredLoad, runLoad } from '../ingest/run-load.ts'
import { startTarget, type Target } from '../ingest/target.ts'
import type { Cell } from './cells.ts'
import { ask, type Cluster } from './cluster.ts'
import { expectStored } from './expect-stored.ts'
import type { Timing } from './measure-floor.ts'

/** Times are microseconds of processor time an event, of all servers together. */
export interface MeasuredServers {
  readonly eventsPerSecond: number
  readonly mainMicros: number
  readonly forecastMicros: number
  /** What Node runs beside our threads: garbage collection, the compiler. */
  readonly otherMicros: number
  readonly databaseMicros: number
  /** Of the load, which shares the machine. */
  readonly loadMicros: number
  readonly p99Ms: number
  /** Events stored and not yet in the prediction units when the load ended: work that is still to be done. */
  readonly unfoldedEvents: number
}

/** Server processes as their users start them, each with a load of its own. */
export async function measureServers(
  cluster: Cluster,
  databaseUrl: string,
  cell: Cell,
  timing: Timing,
): Promise<MeasuredServers> {
  const servers = await startServers(databaseUrl, cell.servers)
  const { perBatch } = cell
  const connections = cell.connections / cell.servers
  const database: { beforeMs?: number; afterMs: number } = { afterMs: 0 }
  const runs = await Promise.all(
    servers.map((server) =>
      runLoad(
        {
          ...server,
          threadCpuMs() {
            // Asked when measuring begins, and when it ends: the database is measured from the first to the last.
            database.afterMs = cluster.cpuMs()
            database.beforeMs ??= database.afterMs
            return server.threadCpuMs()
          },
        },
        { perBatch, connections, ids: 'random', ...timing },
      ),
    ),
  )
  const unfoldedEvents = await countUnfolded(databaseUrl)
  if (runs.some(({ failures }) => failures > 0)) throw new Error('a server has refused what it was sent')
  for (const server of servers) await server.stop()

  const eventsInAll = runs.reduce((sum, { answeredInAll }) => sum + answeredInAll * perBatch, 0)
  await expectStored(databaseUrl, cell.storedEvents + eventsInAll)
  return { ...summarise(runs, perBatch, database.afterMs - (database.beforeMs ?? 0)), unfoldedEvents }
}

function summarise(
  runs: readonly MeasuredLoad[],
  perBatch: number,
  databaseMs: number,
): Omit<MeasuredServers, 'unfoldedEvents'> {
  const events = runs.reduce((sum, { answered }) => sum + answered * perBatch, 0)
  const microsOf = (thread: string) =>
    runs.reduce((sum, run) => sum + (run.cpuMicros[thread] ?? 0) * run.answered * perBatch, 0) / events
  return {
    eventsPerSecond: runs.reduce((sum, { eventsPerSecond }) => sum + eventsPerSecond, 0),
    mainMicros: microsOf('main'),
    forecastMicros: microsOf('forecast'),
    otherMicros: microsOf('other'),
    databaseMicros: (databaseMs * 1000) / events,
    loadMicros: (runs.reduce((sum, { cpuMs }) => sum + cpuMs, 0) * 1000) / events,
    p99Ms: Math.max(...runs.map(({ p99Ms }) => p99Ms)),
  }
}

async function countUnfolded(databaseUrl: string): Promise<number> {
  const [row] = await ask(
    databaseUrl,
    `SELECT ((SELECT last_value FROM mosaic_telemetry.event_positions) - position)::int AS events
       FROM mosaic_telemetry.projections WHERE name = 'predictions'`,
  )
  return Number(row?.['events'])
}

export async function startServers(databaseUrl: string, count: number): Promise<readonly Target[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => startServer(databaseUrl)))
  await sleep(3000) // one of them leads, and has read what there is
  return servers
}

async function startServer(databaseUrl: string): Promise<Target> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-server-'))
  const server = await startTarget('ours', dataDir, { env: { MOSAIC_TELEMETRY_DATABASE_URL: databaseUrl } })
  return {
    ...server,
    async stop() {
      await server.stop()
      rmSync(dataDir, { recursive: true })
    },
  }
}
