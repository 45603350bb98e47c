import type { Fate } from './transport.ts'

/** Every way an event can be lost. Nothing disappears for another reason. */
export const lossReasons = [
  /** Fails the schema: refused at `track()`. */
  'invalid',
  /** Names another instance than the client's: refused at `track()`, it would cost its whole batch a 403. */
  'foreign_instance',
  /** Tracked by a client whose configuration cannot send. */
  'unconfigured',
  /** Made room for a newer one in a full queue. */
  'evicted',
  /** Refused by the server for good. */
  'refused',
  /** Made room for a newer one in a full spool. */
  'spool_full',
  /** Waited in the spool beyond its age limit. */
  'expired',
  /** Unreadable in the spool after a crash or a bad disk. */
  'damaged',
  /** Tracked after `stop()`, or still in memory when its time was over. */
  'stopped',
] as const
export type LossReason = (typeof lossReasons)[number]

/**
 * What became of the events, in events. At any moment
 * `tracked + adopted = delivered + queueSize + handedOver + every number in lost`.
 */
export interface ClientStats {
  /** Calls of `track()` while enabled. */
  readonly tracked: number
  /** Taken from a spool that another process left behind. */
  readonly adopted: number
  /** Left in the spool by `stop()`, for the next client. */
  readonly handedOver: number
  /** On the server, duplicates included. */
  readonly delivered: number
  /** Delivered, but the server had it already: the answer to an earlier try was lost. */
  readonly duplicate: number
  /** Refused by the server for good; the same as `lost.refused`. */
  readonly rejected: number
  /** Made room for newer ones: `lost.evicted` and `lost.spool_full`. */
  readonly evicted: number
  /** Sent again after a try that failed, counted once a try. */
  readonly retried: number
  /** Written to the spool by this client. */
  readonly spooled: number
  readonly lost: Readonly<Record<LossReason, number>>
}

/** Counts what becomes of every record. */
export class Ledger {
  tracked = 0
  adopted = 0
  handedOver = 0
  spooled = 0
  retried = 0
  #delivered = 0
  #duplicate = 0
  readonly #lost = Object.fromEntries(lossReasons.map((reason) => [reason, 0])) as Record<LossReason, number>

  lose(reason: LossReason, count: number): void {
    this.#lost[reason] += count
  }

  settle(fate: Fate): void {
    if (fate.kind === 'refused') this.#lost.refused++
    if (fate.kind === 'duplicate') this.#duplicate++
    if (fate.kind === 'delivered' || fate.kind === 'duplicate') this.#delivered++
  }

  /** A copy: it does not change afterwards. */
  stats(): ClientStats {
    const lost = { ...this.#lost }
    return {
      tracked: this.tracked,
      adopted: this.adopted,
      handedOver: this.handedOver,
      delivered: this.#delivered,
      duplicate: this.#duplicate,
      rejected: lost.refused,
      evicted: lost.evicted + lost.spool_full,
      retried: this.retried,
      spooled: this.spooled,
      lost,
    }
  }
}
