import type { StoredGroup } from '../storage/store.ts'

/**
 * Keeps the units that predictions are made of in step with the stored events. There are two ways: `Projector`, where one
 * process has the store to itself and folds what it commits, and `SharedProjection`, where many processes share the store
 * and one of them folds for all.
 */
export interface Projection {
  /** Events that a crash now would have to read again. */
  readonly unsavedEvents: number
  /** Milliseconds that the next checkpoint ought to wait at least, for the sake of whoever else writes. */
  readonly restMs: number
  /** Makes the units current. Call once, before anything is folded or asked. */
  start(nowMs: number): Promise<void>
  /** Told of every group that this process has committed, before its requests are answered. */
  fold(group: StoredGroup): void
  /** Exchanges with the store what has changed. A second call waits for the first. */
  checkpoint(nowMs: number): Promise<void>
}
