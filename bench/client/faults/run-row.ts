import { setTimeout as sleep } from 'node:timers/promises'
import type { Adapter } from '../adapters/adapter.ts'
import { startChild, type Child } from '../child-process.ts'
import { MockServer } from '../mock-server/mock-server.ts'
import { acceptAll } from '../mock-server/treatment.ts'
import { commonSettings } from '../settings.ts'
import type { FaultChildInput, FaultChildReport } from './fault-protocol.ts'
import type { FaultRow } from './fault-row.ts'

/** How long the application lives on after the fault, if not everything has arrived before. */
export const PATIENCE_MS = 20_000

/** From asking for `stop()`, or from the last call where nobody asks, until the process is killed. */
export const END_LIMIT_MS = 30_000

/** How long the second process lives, if not everything has arrived before. */
export const RESTART_PATIENCE_MS = 5000

const KILL_AFTER_MS = 50
const POLL_MS = 20

/** Time for a copy that is already under way to be counted. */
const SETTLE_MS = 300

export interface FaultOutcome {
  readonly row: string
  readonly sdk: string
  readonly tracked: number
  readonly delivered: number
  readonly duplicated: number
  readonly lost: number
  /** Lost when the first process was gone; differs from `lost` only where a second one delivers. */
  readonly lostAtDeath: number
  /** Reports the host got through the SDK's own callback, and the first of them. */
  readonly told: number
  readonly firstTold: string | undefined
  readonly deadLettered: number
  readonly requests: number
  /** What `stop()` took; undefined where it was not called or never resolved. */
  readonly stopMs: number | undefined
  /** The process had to be killed at its limit. */
  readonly overran: boolean
}

/** Where a row runs: a directory of its own, and for ours the real server behind the mock one. */
export interface World {
  readonly stateDir: string
  readonly apiKey?: string
  readonly upstream?: string
}

/** One SDK through one row, in processes and with a server of their own. */
export async function runRow(adapter: Adapter, row: FaultRow, world: World): Promise<FaultOutcome> {
  const server = new MockServer(adapter, world.upstream)
  await server.up()
  try {
    if (row.downMs > 0) await server.down()
    server.play(row.script)
    const life = await live(adapter, row, server, world, row.events)
    const deliveredInLife = server.counts.distinct
    const requests = server.requests

    if (row.restarts) {
      if (row.downMs > 0) await server.up()
      server.play(acceptAll)
      const secondLife = { ...row, ending: 'stop', downMs: 0, faultMs: 0, stopsAtOnce: false } as const
      await live(adapter, secondLife, server, world, 0)
    }

    const expected = row.events - row.poison.size
    return {
      row: row.name,
      sdk: adapter.name,
      tracked: row.events,
      delivered: server.counts.distinct,
      duplicated: server.counts.duplicates,
      lost: expected - server.counts.distinct,
      lostAtDeath: expected - deliveredInLife,
      deadLettered: adapter.deadLettered?.(world.stateDir) ?? 0,
      requests,
      ...life,
    }
  } finally {
    await server.down()
  }
}

interface Life {
  told: number
  firstTold: string | undefined
  stopMs: number | undefined
  overran: boolean
}

/** One process from its start to its end; with `events` 0 it only opens the SDK, as a restarted application does. */
async function live(
  adapter: Adapter,
  row: FaultRow,
  server: MockServer,
  world: World,
  events: number,
): Promise<Life> {
  const life: Life = { told: 0, firstTold: undefined, stopMs: undefined, overran: false }
  const options = {
    ...commonSettings,
    url: server.url,
    stateDir: world.stateDir,
    ...(world.apiKey !== undefined && { apiKey: world.apiKey }),
  }
  const input: FaultChildInput = {
    sdk: adapter.name,
    options,
    events,
    ending: row.ending,
    stopsAtOnce: row.stopsAtOnce,
  }
  const child = startChild<FaultChildReport>('./faults/fault-child.js', input)
  const tracked = new Promise<void>((resolve) => {
    child.onReport((report) => {
      if (report.kind === 'starting') startFault(row, server)
      if (report.kind === 'tracked') resolve()
      if (report.kind === 'stopped') life.stopMs = report.tookMs
      if (report.kind === 'told') {
        life.told++
        life.firstTold ??= report.message
      }
    })
  })
  const ended = child.ended.then((end) => {
    if (end.code !== 0 && row.ending === 'stop') life.firstTold ??= end.stderr.trim()
    return true as const
  })

  await Promise.race([tracked, ended])
  await bringToItsEnd(child, row, () => hasArrived(row, server), ended, events === 0)
  life.overran = !(await endsWithin(ended, END_LIMIT_MS))
  if (life.overran) {
    child.kill('SIGKILL')
    await ended
  }
  await sleep(SETTLE_MS)
  return life
}

function startFault(row: FaultRow, server: MockServer): void {
  server.startClock()
  if (row.downMs > 0 && row.downMs < Infinity) {
    setTimeout(() => void server.up(), row.downMs)
  }
}

function hasArrived(row: FaultRow, server: MockServer): boolean {
  return server.counts.distinct >= row.events - row.poison.size
}

async function bringToItsEnd(
  child: Child<FaultChildReport>,
  row: FaultRow,
  arrived: () => boolean,
  ended: Promise<true>,
  isSecondLife: boolean,
): Promise<void> {
  if (row.ending === 'sigterm' || row.ending === 'sigkill') {
    await sleep(KILL_AFTER_MS)
    child.kill(row.ending === 'sigterm' ? 'SIGTERM' : 'SIGKILL')
  }
  if (row.ending !== 'stop' || row.stopsAtOnce) return

  const patienceMs = isSecondLife ? RESTART_PATIENCE_MS : row.faultMs + PATIENCE_MS
  const untilMs = performance.now() + patienceMs
  let gone = false
  void ended.then(() => (gone = true))
  while (performance.now() < untilMs && !arrived() && !gone) await sleep(POLL_MS)
  await sleep(SETTLE_MS)
  child.askToStop()
}

async function endsWithin(ended: Promise<true>, limitMs: number): Promise<boolean> {
  const aborting = new AbortController()
  const timeout = sleep(limitMs, false, { signal: aborting.signal }).catch(() => false)
  const inTime = await Promise.race([ended, timeout])
  aborting.abort()
  return inTime
}
