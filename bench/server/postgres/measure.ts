import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { runLoad } from '../ingest/run-load.ts'
import { ask, type Cluster, processCpuMs } from './cluster.ts'
import type { Floor, FloorResult } from './floor-child.ts'

const PROGRAM = fileURLToPath(new URL('../../../../packages/cli/dist/main.js', import.meta.url))
const FLOOR = fileURLToPath(new URL('floor-child.js', import.meta.url))

export interface Cell {
  readonly perBatch: number
  readonly servers: number
  readonly storedEvents: number
}

export interface Timing {
  readonly warmUpSeconds: number
  readonly seconds: number
}

export interface Measured {
  readonly eventsPerSecond: number
  /** Microseconds of processor time an event. */
  readonly serverCpuMicros: number
  readonly databaseCpuMicros: number
  readonly p99Ms?: number
}

/** Connections of the load in all, however many servers share them. */
function connectionsOf({ perBatch }: Cell): number {
  return perBatch === 1 ? 64 : 16
}

/** The same statement with the rows of as many requests as the connections bring at once. */
export async function measureFloor(
  cluster: Cluster,
  databaseUrl: string,
  cell: Cell,
  timing: Timing,
): Promise<Measured> {
  const statements = 3 * cell.servers
  const eventsPerStatement = Math.max(1, Math.round((connectionsOf(cell) * cell.perBatch) / statements))
  const floor: Floor = {
    databaseUrl,
    statements,
    eventsPerStatement,
    eventsPerRequest: cell.perBatch,
    ...timing,
  }
  const child = spawn(process.execPath, [FLOOR, JSON.stringify(floor)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const cpu = () => [processCpuMs(child.pid ?? 0), cluster.cpuMs()] as const
  let before = cpu()
  let after = before
  let last = ''
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'measuring') before = cpu()
    if (line === 'measured') after = cpu()
    last = line
  }
  const { events, eventsInAll, seconds } = JSON.parse(last) as FloorResult
  await expectStored(databaseUrl, cell.storedEvents + eventsInAll)
  return {
    eventsPerSecond: events / seconds,
    serverCpuMicros: ((after[0] - before[0]) * 1000) / events,
    databaseCpuMicros: ((after[1] - before[1]) * 1000) / events,
  }
}

/** Server processes as their users start them, each with a load of its own. */
export async function measureServers(
  cluster: Cluster,
  databaseUrl: string,
  cell: Cell,
  timing: Timing,
): Promise<Measured> {
  const servers = await startServers(databaseUrl, cell.servers)
  const { perBatch } = cell
  const connections = connectionsOf(cell) / cell.servers
  const database: { beforeMs?: number; afterMs: number } = { afterMs: 0 }
  const runs = await Promise.all(
    servers.map(({ port, pid }) =>
      runLoad(
        {
          port,
          pid,
          threadCpuMs() {
            // Asked when measuring begins, and when it ends: the database is measured from the first to the last.
            database.afterMs = cluster.cpuMs()
            database.beforeMs ??= database.afterMs
            return { server: processCpuMs(pid) }
          },
          stop: async () => {},
        },
        { perBatch, connections, ids: 'random', ...timing },
      ),
    ),
  )
  const events = runs.reduce((sum, { answered }) => sum + answered * perBatch, 0)
  const eventsInAll = runs.reduce((sum, { answeredInAll }) => sum + answeredInAll * perBatch, 0)
  if (runs.some(({ failures }) => failures > 0)) throw new Error('a server has refused what it was sent')
  for (const server of servers) await server.stop()
  await expectStored(databaseUrl, cell.storedEvents + eventsInAll)
  return {
    eventsPerSecond: runs.reduce((sum, { eventsPerSecond }) => sum + eventsPerSecond, 0),
    serverCpuMicros:
      runs.reduce((sum, run) => sum + (run.cpuMicros['server'] ?? 0) * run.answered * perBatch, 0) / events,
    databaseCpuMicros: ((database.afterMs - (database.beforeMs ?? 0)) * 1000) / events,
    p99Ms: Math.max(...runs.map(({ p99Ms }) => p99Ms)),
  }
}

export interface ServerProcess {
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

export async function startServers(databaseUrl: string, count: number): Promise<readonly ServerProcess[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => startServer(databaseUrl)))
  await sleep(3000) // one of them leads, and has read what there is
  return servers
}

async function startServer(databaseUrl: string): Promise<ServerProcess> {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, MOSAIC_TELEMETRY_DATABASE_URL: databaseUrl },
  })
  if (child.stdout === null) throw new Error('a server without output')
  const closed = once(child, 'close')
  const [url] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    closed.then(() => Promise.reject(new Error('a server has ended before it answered'))),
  ])) as [string]
  return {
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await closed
    },
  }
}

async function expectStored(databaseUrl: string, expected: number): Promise<void> {
  const [row] = await ask(databaseUrl, 'SELECT count(*)::int AS events FROM mosaic_telemetry.events')
  if (row?.['events'] !== expected) {
    throw new Error(`the database holds ${String(row?.['events'])} events, and ${expected} were acknowledged`)
  }
}
