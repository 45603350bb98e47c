import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import type { Cell } from './cells.ts'
import { type Cluster, processCpuMs } from './cluster.ts'
import { expectStored } from './expect-stored.ts'
import type { Floor, FloorResult } from './floor-child.ts'

const FLOOR = fileURLToPath(new URL('floor-child.js', import.meta.url))

export interface Timing {
  readonly warmUpSeconds: number
  readonly seconds: number
}

export interface MeasuredFloor {
  readonly eventsPerSecond: number
  /** Microseconds of processor time an event, as all times here. */
  readonly clientMicros: number
  readonly databaseMicros: number
}

/** Rows that are worth a statement beside others: the floor is at its best with fewer and larger ones than the server has. */
const WORTH_A_STATEMENT = 64
const MAX_STATEMENTS = 3

/** The same statement with the rows of as many requests as the connections bring at once. */
export async function measureFloor(
  cluster: Cluster,
  databaseUrl: string,
  cell: Cell,
  timing: Timing,
): Promise<MeasuredFloor> {
  const child = spawn(process.execPath, [FLOOR, JSON.stringify(floorOf(databaseUrl, cell, timing))], {
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
    clientMicros: ((after[0] - before[0]) * 1000) / events,
    databaseMicros: ((after[1] - before[1]) * 1000) / events,
  }
}

function floorOf(databaseUrl: string, cell: Cell, timing: Timing): Floor {
  const eventsAtOnce = (cell.connections * cell.perBatch) / cell.servers
  const worth = Math.floor(eventsAtOnce / WORTH_A_STATEMENT)
  const statements = Math.min(MAX_STATEMENTS, Math.max(1, worth))
  return {
    databaseUrl,
    statements: statements * cell.servers,
    eventsPerStatement: Math.round(eventsAtOnce / statements),
    eventsPerRequest: cell.perBatch,
    ...timing,
  }
}
