import type { RollupSum } from './rollup-columns.ts'

/**
 * What the server asks of its database about sums for the dashboard. Part of the `Store` port.
 *
 * Always true
 * - The rollups are what the events up to their position make, each exactly once: events and position are added in one
 *   transaction, and whatever deletes an event that was added takes it out in the transaction that deletes it.
 * - A question reads rollups, never events: its time grows with days, models and kinds of task, not with how many there were.
 */
export interface RollupStore {
  /** Adds some events that are not in the rollups yet. While another process does, it adds none. */
  foldRollups(maxEvents: number): Promise<FoldedEvents>
  rollupState(): Promise<RollupState>
  /** A row for each combination of `by` that has tasks, in no order. */
  sumRollups(query: RollupQuery): Promise<readonly RollupRow[]>
  /** Who sent how many events, as of a UTC day of arrival. */
  listRollupSources(today: number): Promise<readonly RollupSource[]>
  /** Empties the rollups, to be made anew by `foldRollups`. */
  clearRollups(): Promise<void>
}

export interface FoldedEvents {
  readonly events: number
  /** How long threads or the database were busy with it, without waiting for a turn. */
  readonly workMs: number
}

export interface RollupState {
  /** Every event up to here is in the rollups. */
  readonly position: number
  /** When the newest of them arrived; null without any. */
  readonly newestReceivedAtMs: number | null
  /** Events that are not in them yet; counted up to `MAX_PENDING_COUNTED`. */
  readonly pendingEvents: number
}

/** Beyond it a count of what is pending would take longer than the rest of an answer. */
export const MAX_PENDING_COUNTED = 100_000

export type RollupDimension = 'model' | 'provider' | 'harness' | 'task_type' | 'complexity'

export interface RollupQuery {
  /** UTC days since 1970, both included. */
  readonly fromDay: number
  readonly toDay: number
  /** `week` is the day of its Monday. */
  readonly by: readonly ('day' | 'week' | RollupDimension)[]
  readonly sums: readonly RollupSum[]
  /** Only tasks with one of these codes or word numbers. */
  readonly only: Readonly<Partial<Record<RollupDimension, readonly number[]>>>
}

/** What was asked for under its own name; with `by` a model its name as it was sent, too. */
export interface RollupRow extends Readonly<Record<string, number | string>> {}

export interface RollupSource {
  readonly instanceId: string
  readonly name: string | null
  /** Null for an instance that never sent anything. */
  readonly harness: number | null
  /** UTC days since 1970. */
  readonly lastDay: number | null
  readonly eventsToday: number
  readonly events7d: number
  readonly events30d: number
  readonly eventsTotal: number
}

/** How the rollups compare with the events up to their position. */
export interface RollupComparison {
  readonly position: number
  readonly rows: number
  /** Rows that are missing, surplus, or not what the events make: one that differs counts twice. */
  readonly differences: number
}
