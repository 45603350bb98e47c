import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Adapter } from '../adapters/adapter.ts'
import { startChild, type Child } from '../child-process.ts'
import { MockServer } from '../mock-server/mock-server.ts'
import { acceptAll } from '../mock-server/treatment.ts'
import { commonSettings, type SerializableOptions } from '../settings.ts'
import type { CostChildInput, CostChildReport, CostTask } from './cost-protocol.ts'

/** Figures of one process; a task fills only its own. */
export interface CostFigures {
  importMs?: number
  medianUs?: number
  p999Us?: number
  timerUs?: number
  bytesPerEvent?: number
  /** Events that were still there after `bytesPerEvent` was read. */
  heldEvents?: number
  eventsPerS?: number
  cpuSPer100k?: number
  delivered?: number
}

/** When a process that has not finished is asked for what it has; the figures then cover fewer events. */
export const TASK_LIMIT_MS = 60_000

/** Nothing has arrived for so long after the last event: nothing more will. */
const QUIET_MS = 5000

const KILL_AFTER_MS = 10_000
const POLL_MS = 20

const HELD_EVENTS = 3000
/** For showing, after the measurement, that the events are still there; requests that hang may have no timeout. */
const HELD_GRACE_MS = 8000

const CALLS = 10_000
const ONE_HOUR_MS = 3_600_000

/** Runs one measurement of one SDK in a fresh process with a fresh server. */
export async function runCost(adapter: Adapter, task: CostTask, events: number): Promise<CostFigures> {
  const server = new MockServer(adapter)
  const stateDir = await mkdtemp(join(tmpdir(), 'client-bench-'))
  await server.up()
  try {
    const options = { ...commonSettings, url: server.url, stateDir, maxQueuedEvents: 2 * events }
    return await tasks[task](adapter, server, options, events)
  } finally {
    await server.down()
    await rm(stateDir, { recursive: true, force: true })
  }
}

type Task = (
  adapter: Adapter,
  server: MockServer,
  options: SerializableOptions,
  events: number,
) => Promise<CostFigures>

const tasks: Readonly<Record<CostTask, Task>> = {
  async import(adapter, _server, options) {
    return await untilEnd(start({ task: 'import', sdk: adapter.name, options, events: 0 }))
  },

  async call(adapter, _server, options) {
    return await untilEnd(start({ task: 'call', sdk: adapter.name, options, events: CALLS }))
  },

  async held(adapter, server, options) {
    const seen = new Set<string>()
    let isMeasured = false
    server.play(({ ids }) => {
      for (const id of ids) seen.add(id)
      return { kind: isMeasured ? 'accept' : 'hang' }
    })
    const quiet = { ...options, batchSize: 10 * HELD_EVENTS, flushIntervalMs: ONE_HOUR_MS }
    const child = start({ task: 'held', sdk: adapter.name, options: quiet, events: HELD_EVENTS })
    child.onReport((report) => {
      if (report.kind !== 'held') return
      isMeasured = true
      setTimeout(() => child.kill('SIGKILL'), HELD_GRACE_MS)
    })
    const figures = await untilEnd(child)
    return { ...figures, heldEvents: seen.size }
  },

  async throughput(adapter, server, options, events) {
    server.play(acceptAll)
    const patient = { ...options, stopLimitMs: TASK_LIMIT_MS }
    const child = start({ task: 'throughput', sdk: adapter.name, options: patient, events })
    let startedAtMs = Number.NaN
    child.onReport((report) => {
      if (report.kind === 'starting') startedAtMs = performance.now()
    })
    const figures = untilEnd(child)
    const lastArrivalMs = await lastArrival(server, events)
    const delivered = server.counts.distinct
    child.askToStop()
    const { cpuSPer100k = Number.NaN } = await figures
    return {
      delivered,
      eventsPerS: delivered / ((lastArrivalMs - startedAtMs) / 1000),
      cpuSPer100k: cpuSPer100k * (100_000 / delivered),
    }
  },
}

function start(input: CostChildInput): Child<CostChildReport> {
  return startChild('./cost/cost-child.js', input, ['--expose-gc'])
}

async function untilEnd(child: Child<CostChildReport>): Promise<CostFigures> {
  let figures: CostFigures = {}
  child.onReport((report) => {
    if (report.kind === 'worked') figures = { cpuSPer100k: report.cpuS }
    else if (report.kind !== 'starting') {
      const { kind: _kind, ...measured } = report
      figures = measured
    }
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), TASK_LIMIT_MS + KILL_AFTER_MS)
  const end = await child.ended
  clearTimeout(timer)
  if (Object.keys(figures).length === 0) {
    process.stderr.write(`a process measured nothing within its limit: ${end.stderr}\n`)
  }
  return figures
}

/** When the last event arrived: the last there is, or the last before nothing more came. */
async function lastArrival(server: MockServer, events: number): Promise<number> {
  const beganAtMs = performance.now()
  let changedAtMs = beganAtMs
  let known = 0
  while (known < events) {
    await sleep(POLL_MS)
    const nowMs = performance.now()
    if (server.counts.distinct > known) {
      known = server.counts.distinct
      changedAtMs = nowMs
    }
    if (nowMs - changedAtMs > QUIET_MS && known > 0) break
    if (nowMs - beganAtMs > TASK_LIMIT_MS) break
  }
  return changedAtMs
}
