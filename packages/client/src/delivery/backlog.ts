import type { LossReason } from './ledger.ts'
import type { Batch, Fate } from './transport.ts'

/** Where records wait until the server has them. The delivery loop knows nothing else of memory or disk. */
export interface Backlog {
  /** Records not settled, those on their way included. */
  readonly size: number
  /** Takes a snapshot of nothing: the record must not change afterwards. Never throws. */
  add(record: object): void
  /** Hands out the oldest records. At most one lease is open at a time; undefined when nothing waits. */
  lease(limits: LeaseLimits): Lease | undefined
  /** Called by `start()`, also after a `close()`. */
  open(): void
  /** Called at the end of `stop()`. What a backlog cannot keep beyond it is lost, and counted. */
  close(): void
}

export interface LeaseLimits {
  readonly maxRecords: number
  readonly maxBytes: number
}

/** Records on their way. They stay in the backlog's care until settled. */
export interface Lease {
  readonly batch: Batch
  /** Index for index with the batch: what waits returns to the front in its order, the rest is gone. */
  settle(fates: readonly Fate[]): void
}

/** Told about every record that a backlog lets go undelivered. */
export type OnLoss = (reason: LossReason, count: number) => void
