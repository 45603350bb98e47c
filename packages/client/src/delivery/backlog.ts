import type { Clock } from './clock.ts'
import type { Report } from './error-reporter.ts'
import type { LossReason } from './ledger.ts'
import type { Batch, Fate } from './transport.ts'

/** Where records wait until the server has them. The delivery loop knows nothing else of memory or disk. */
export interface Backlog {
  /** Records not settled, those on their way included. */
  readonly size: number
  /** Those of them that are not on their way. */
  readonly waiting: number
  /** Those of them that would not survive the process. */
  readonly volatileSize: number
  /** Takes one record, which must not change afterwards. Never throws. */
  add(record: object): void
  /** Hands out the oldest records that are not under way already; undefined when there are none. */
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

/** What a runtime with a disk needs to know to open a spool there. */
export interface SpoolOptions {
  readonly directory: string
  /** Whatever sets apart records that must not be sent together: server and instance. */
  readonly destination: string
  readonly maxBytes: number
  readonly maxAgeMs: number
  /** Records kept in memory while the disk takes none. */
  readonly maxRecordsInMemory: number
  readonly clock: Clock
  readonly onLoss: OnLoss
  readonly onSpooled: () => void
  /** Told how many records of a process that is gone were taken over. */
  readonly onAdopted: (count: number) => void
  /** Told how many records stay behind for the next client, or were taken over by another one. */
  readonly onHandedOver: (count: number) => void
  readonly report: Report
}

export type SpoolOpener = (options: SpoolOptions) => Backlog
