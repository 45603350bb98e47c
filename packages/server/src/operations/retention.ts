import type { ServerConfig } from '../config/settings.ts'
import type { PruneWish } from './prune.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Predictions are checked against the events by whole weeks where a week is old, so events have to stay a week longer
 * than they count.
 */
const WEEK_MS = 7 * DAY_MS

export type RetentionSettings = Pick<ServerConfig, 'retentionDays' | 'runRetentionDays' | 'windowDays'>

/** Older events are in no prediction, nor needed to check one. */
export function neededSinceMs(windowDays: number, nowMs: number): number {
  return nowMs - windowDays * DAY_MS - WEEK_MS
}

/** What is too old now by the settings; nothing where they keep everything. */
export function dueForPruning(
  { retentionDays, runRetentionDays, windowDays }: RetentionSettings,
  nowMs: number,
): PruneWish {
  const beforeMs = retentionDays === 0 ? undefined : nowMs - retentionDays * DAY_MS
  return {
    events: beforeMs && Math.min(beforeMs, neededSinceMs(windowDays, nowMs)),
    otlp: beforeMs,
    runs: runRetentionDays === 0 ? undefined : nowMs - runRetentionDays * DAY_MS,
  }
}
