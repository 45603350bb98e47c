import type { SpoolOptions } from '../delivery/backlog.ts'
import type { LossReason } from '../delivery/ledger.ts'
import type { RecordSpan } from './record-format.ts'
import type { Segment, TakenRecord } from './segment.ts'

export type FinishedSegmentsOptions = Pick<
  SpoolOptions,
  'clock' | 'maxAgeMs' | 'onAdopted' | 'onHandedOver' | 'onLoss'
>

/** The segments of ours that nobody appends to any more, oldest first. It keeps their books. */
export class FinishedSegments {
  readonly #options: FinishedSegmentsOptions
  #segments: Segment[] = []
  #count = 0

  constructor(options: FinishedSegmentsOptions) {
    this.#options = options
  }

  /** Records neither settled nor lost. */
  get count(): number {
    return this.#count
  }

  get files(): string[] {
    return this.#segments.map(({ file }) => file)
  }

  add(segment: Segment): void {
    this.#segments.push(segment)
    this.#segments.sort((a, b) => a.createdMs - b.createdMs)
    this.#count += segment.count
    this.#removeEmpty()
  }

  /** Takes the oldest record; what is too old or damaged is dropped and counted on the way. */
  takeOldest(): TakenRecord | undefined {
    for (const segment of this.#segments) {
      const record = this.#takeFrom(segment)
      if (record !== undefined) return record
    }
    this.#removeEmpty()
    return undefined
  }

  /** Ends what taking began: what waits goes back to its place, the rest is gone. */
  settle(taken: readonly TakenRecord[], isWaiting: (index: number) => boolean): void {
    const waiting = new Map<Segment, RecordSpan[]>()
    for (const [index, { segment, span }] of taken.entries()) {
      if (isWaiting(index)) {
        const spans = waiting.get(segment)
        if (spans === undefined) waiting.set(segment, [span])
        else spans.push(span)
      } else {
        segment.settle()
        this.#count--
      }
    }
    for (const [segment, spans] of waiting) segment.putBack(spans)
    this.#removeEmpty()
  }

  /** Gives up the oldest segments until so many bytes are free, save those whose records are on their way. */
  evict(bytes: number): void {
    let excess = bytes
    for (const segment of this.#segments.filter(({ isTaken }) => !isTaken)) {
      if (excess <= 0) break
      excess -= segment.bytes
      this.#lose('spool_full', segment.count)
      segment.count = 0
    }
    this.#removeEmpty()
  }

  /** Forgets segments without removing them: somebody else has them, or will. */
  letGo(isLost: (segment: Segment) => boolean): void {
    for (const segment of this.#segments) if (isLost(segment)) this.#forget(segment)
  }

  #takeFrom(segment: Segment): TakenRecord | undefined {
    const { clock, maxAgeMs } = this.#options
    try {
      this.#load(segment)
    } catch {
      this.#forget(segment) // taken from us, or unreadable: then the next one to adopt it tries again
      return undefined
    }
    this.#lose('expired', segment.dropWrittenBefore(clock.now() - maxAgeMs))
    return segment.take()
  }

  /** What the file holds may differ from what was counted: bytes rot, and a writer thought dead may have gone on. */
  #load(segment: Segment): void {
    const countBefore = segment.count
    segment.load()
    const found = segment.count - countBefore
    this.#count += Math.max(found, 0)
    if (found > 0) this.#options.onAdopted(found)
    this.#lose('damaged', Math.max(-found, 0))
  }

  #lose(reason: LossReason, count: number): void {
    if (count === 0) return
    this.#count -= count
    this.#options.onLoss(reason, count)
  }

  #forget(segment: Segment): void {
    this.#segments = this.#segments.filter((other) => other !== segment)
    this.#count -= segment.count
    this.#options.onHandedOver(segment.count)
  }

  #removeEmpty(): void {
    if (this.#segments.every(({ count }) => count > 0)) return
    for (const segment of this.#segments) if (segment.count === 0) removeOrIgnore(segment)
    this.#segments = this.#segments.filter(({ count }) => count > 0)
  }
}

/** What stays is adopted and sent again some day, which the server knows by the records' ids. */
function removeOrIgnore(segment: Segment): void {
  try {
    segment.remove()
  } catch {
    // As above.
  }
}
