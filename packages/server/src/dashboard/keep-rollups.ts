import type { Chore } from '../housekeeping.ts'
import type { Store } from '../storage/store.ts'
import type { LiveHints } from './live-hints.ts'

/** Events in one transaction, for which whoever else writes waits: 25 ms of CPU where hardly two events are alike. */
const EVENTS_AT_ONCE = 1_000
/** A quarter of the time at most, so that what is written now goes before what was written long ago. */
const WORK_MS = 250
const PAUSE_MS = 750
/** Turns between two hints that runs may have changed in another process. */
const RUNS_MAY_CHANGE_EVERY = 5

/** Adds new events to the rollups, and tells open pages when the numbers have changed, by whichever process. */
export function keepRollups(
  store: Pick<Store, 'engine' | 'foldRollups' | 'rollupState'>,
  live: LiveHints,
): Chore {
  let told = -1
  let turn = 0
  return {
    name: 'add events up for the dashboard',
    pauseMs: PAUSE_MS,
    isDoneAtStop: false,
    async work() {
      const endMs = performance.now() + WORK_MS
      while ((await store.foldRollups(EVENTS_AT_ONCE)).events > 0 && performance.now() < endMs);
      if (live.listeners === 0) return

      const { position } = await store.rollupState()
      if (position !== told) live.hint('numbers')
      told = position
      if (store.engine === 'postgres' && ++turn % RUNS_MAY_CHANGE_EVERY === 0) live.hint('runs')
    },
  }
}
