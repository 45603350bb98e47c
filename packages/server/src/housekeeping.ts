import type { KeyRing } from './auth/key-ring.ts'
import type { ServerConfig } from './config/settings.ts'
import type { RunServices } from './http/runs/run-services.ts'
import type { Predictions } from './open-predictions.ts'
import { expireStaleRuns } from './runs/stale-runs.ts'

/** Something that a running server does every so often. */
export interface Chore {
  readonly name: string
  /** Between the end of one turn and the beginning of the next. */
  readonly pauseMs: number
  /** Where the turn before asks for a longer pause. */
  readonly restMs?: () => number
  readonly isDoneAtStop: boolean
  work(): Promise<void>
  /** Asks a long turn to end soon, because the server stops. */
  hurry?(): void
}

/** Longest time that a run stays `running` beyond `staleAfterMs`. */
const MAX_STALE_LAG_MS = 60_000

/** All that a server does besides answering. */
export function housekeeping(parts: {
  readonly config: ServerConfig
  readonly keys: KeyRing
  readonly predictions: Pick<Predictions, 'projector' | 'checkpointPauseMs' | 'chores'>
  readonly runs: Pick<RunServices, 'commits'>
  /** Of parts that bring their own. */
  readonly chores: readonly Chore[]
  readonly nowMs: () => number
}): readonly Chore[] {
  const { config, keys, predictions, runs, nowMs } = parts
  const chores: Chore[] = [
    {
      name: 'save prediction units',
      pauseMs: predictions.checkpointPauseMs,
      restMs: () => predictions.projector.restMs,
      isDoneAtStop: true,
      work: () => predictions.projector.checkpoint(nowMs()),
    },
    ...predictions.chores,
    ...parts.chores,
    { name: 'save when keys were used', pauseMs: 60_000, isDoneAtStop: true, work: () => keys.saveUsage() },
    // Keys revoked by another process are dead within five seconds, so this may take three to get its turn.
    { name: 'read changed keys', pauseMs: 2_000, isDoneAtStop: false, work: () => keys.refresh() },
  ]
  if (config.staleAfterMs > 0) {
    chores.push({
      name: 'end stale runs',
      pauseMs: Math.min(MAX_STALE_LAG_MS, config.staleAfterMs),
      isDoneAtStop: false,
      work: async () => {
        const writes = [expireStaleRuns(config.staleAfterMs, nowMs())]
        const outcome = await runs.commits.commit({ count: 1, writes })
        if (outcome.kind === 'unavailable') throw new Error(outcome.cause)
      },
    })
  }
  return chores
}
