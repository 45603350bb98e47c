import { setTimeout as sleep } from 'node:timers/promises'
import type { Adapter } from '../adapters/adapter.ts'
import { startChild, type Child } from '../child-process.ts'
import type { MockServer } from '../mock-server/mock-server.ts'
import { commonSettings } from '../settings.ts'
import type { FaultChildInput, FaultChildReport } from './fault-protocol.ts'
import type { FaultRow } from './fault-row.ts'

/**
 * How long the application lives on after the fault, if not everything has arrived before: one and a half times the
 * fault, because backoffs have grown by then, and at least this.
 */
export const LEAST_PATIENCE_MS = 20_000
const PATIENCE_PER_FAULT = 1.5

/** From asking for `stop()`, or from the last call where nobody asks, until the process is killed. */
export const END_LIMIT_MS = 30_000

/** How long the second process lives, if not everything has arrived before. */
export const RESTART_PATIENCE_MS = 3000

const KILL_AFTER_MS = 50
const POLL_MS = 20

/** Time for a copy that is already under way to be counted. */
const SETTLE_MS = 300

/** Where a row runs: a directory of its own, and for ours the real server behind the mock one. */
export interface World {
  readonly stateDir: string
  readonly apiKey?: string
  readonly instanceId?: string
  readonly upstream?: string
}

/** What one process of the application came to. */
export interface Life {
  told: number
  firstTold: string | undefined
  stopMs: number | undefined
  overran: boolean
  /** The process ended before it could track anything; its figures mean nothing then. */
  failure: string | undefined
}

/** One process from its start to its end; with `events` 0 it only opens the SDK, as a restarted application does. */
export async function live(
  adapter: Adapter,
  row: FaultRow,
  server: MockServer,
  world: World,
  events: number,
): Promise<Life> {
  const input: FaultChildInput = {
    sdk: adapter.name,
    options: {
      ...commonSettings,
      ...identity(world),
      stateDir: world.stateDir,
      url: server.url,
      ...(row.maxQueuedEvents !== undefined && { maxQueuedEvents: row.maxQueuedEvents }),
    },
    events,
    ending: row.ending,
    stopsAtOnce: row.stopsAtOnce,
  }
  const child = startChild<FaultChildReport>('./faults/fault-child.js', input)
  const life: Life = { told: 0, firstTold: undefined, stopMs: undefined, overran: false, failure: undefined }
  const tracked = listen(child, life, () => startFault(row, server))

  const end = await Promise.race([tracked, child.ended])
  if (end !== undefined && row.ending === 'stop') life.failure = end.stderr || `ended with ${end.code}`
  const hasArrived = (): boolean => server.counts.distinct >= row.events - row.poison.size
  await bringToItsEnd(child, row, events === 0 ? RESTART_PATIENCE_MS : patienceWith(row), hasArrived)
  life.overran = !(await endsWithin(child, END_LIMIT_MS))
  await sleep(SETTLE_MS)
  return life
}

function identity({ apiKey, instanceId }: World): { apiKey?: string; instanceId?: string } {
  return { ...(apiKey !== undefined && { apiKey }), ...(instanceId !== undefined && { instanceId }) }
}

/** Writes down what the process tells; resolves when it has tracked everything. */
function listen(child: Child<FaultChildReport>, life: Life, onStarting: () => void): Promise<void> {
  return new Promise((resolve) => {
    child.onReport((report) => {
      switch (report.kind) {
        case 'starting':
          return onStarting()
        case 'tracked':
          return resolve()
        case 'told':
          life.told++
          life.firstTold ??= report.message
          return
        case 'stopped':
          life.stopMs = report.tookMs
      }
    })
  })
}

/** Milliseconds from the last call until `stop()` is asked for, at the most. */
function patienceWith({ faultMs }: FaultRow): number {
  return faultMs + Math.max(LEAST_PATIENCE_MS, PATIENCE_PER_FAULT * faultMs)
}

function startFault(row: FaultRow, server: MockServer): void {
  server.startClock()
  if (row.downMs > 0 && row.downMs < Infinity) setTimeout(() => void server.up(), row.downMs)
}

async function bringToItsEnd(
  child: Child<FaultChildReport>,
  row: FaultRow,
  patienceMs: number,
  hasArrived: () => boolean,
): Promise<void> {
  if (row.ending === 'sigterm' || row.ending === 'sigkill') {
    await sleep(KILL_AFTER_MS)
    child.kill(row.ending === 'sigterm' ? 'SIGTERM' : 'SIGKILL')
  }
  if (row.ending !== 'stop' || row.stopsAtOnce) return

  const untilMs = performance.now() + patienceMs
  while (performance.now() < untilMs && !hasArrived() && !child.hasEnded()) await sleep(POLL_MS)
  await sleep(SETTLE_MS)
  child.askToStop()
}

/** Waits for the process, and kills it at the limit: false means that it had to. */
async function endsWithin(child: Child<FaultChildReport>, limitMs: number): Promise<boolean> {
  let inTime = true
  const timer = setTimeout(() => {
    inTime = false
    child.kill('SIGKILL')
  }, limitMs)
  await child.ended
  clearTimeout(timer)
  return inTime
}
