import { setTimeout as sleep } from 'node:timers/promises'

import type { Chore } from '../housekeeping.ts'
import { restAfter, type ShareOfTime } from '../lifecycle/rest-after.ts'
import type { Store } from '../storage/store.ts'
import type { LiveHints } from './live-hints.ts'

/** Events in one transaction: SQLite's reader is busy with them for 20 ms, and its writer for 5. */
const EVENTS_AT_ONCE = 4_000
/** Of one processor. The writer, for which commits wait, has about a fifth of that to do. */
const SHARE: ShareOfTime = { whenIdle: 0.25, whenBusy: 0.1 }
/** After so long open pages are told, although there is more to add. */
const TURN_MS = 2_000
const PAUSE_MS = 750
/** Turns between two hints that runs may have changed in another process. */
const RUNS_MAY_CHANGE_EVERY = 5

/** What `keepRollups` asks of its surroundings. */
export interface RollupSurroundings {
  /** Milliseconds, since any moment, in which commits of others were under way. */
  readonly commitBusyMs: () => number
  readonly nowMs?: () => number
  readonly sleep?: (ms: number) => Promise<unknown>
}

/**
 * Adds new events to the rollups, and tells open pages when the numbers have changed, by whichever process. Commits go
 * first: while they keep the store busy this takes a fiftieth of the writer's time and falls behind, and catches up
 * afterwards.
 */
export function keepRollups(
  store: Pick<Store, 'engine' | 'foldRollups' | 'rollupState'>,
  live: LiveHints,
  surroundings: RollupSurroundings,
): Chore {
  const { commitBusyMs, nowMs = () => performance.now(), sleep: rest = sleep } = surroundings
  let told = -1
  let turn = 0
  const stop = new AbortController()
  let since = { ms: nowMs(), busyMs: commitBusyMs() }

  /** The part of the time that commits used since the last fold. */
  const busyness = () => (commitBusyMs() - since.busyMs) / Math.max(1, nowMs() - since.ms)

  return {
    name: 'add events up for the dashboard',
    pauseMs: PAUSE_MS,
    isDoneAtStop: false,
    hurry() {
      stop.abort()
    },
    async work() {
      const endMs = nowMs() + TURN_MS
      while (nowMs() < endMs && !stop.signal.aborted) {
        const busy = busyness()
        const { events, workMs } = await store.foldRollups(EVENTS_AT_ONCE)
        since = { ms: nowMs(), busyMs: commitBusyMs() }
        if (events < EVENTS_AT_ONCE) break
        await rest(restAfter(workMs, SHARE, busy))
      }
      if (live.listeners === 0) return

      const { position } = await store.rollupState()
      if (position !== told) live.hint('numbers')
      told = position
      if (store.engine === 'postgres' && ++turn % RUNS_MAY_CHANGE_EVERY === 0) live.hint('runs')
    },
  }
}
