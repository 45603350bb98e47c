import type { LeaseLimits, SpoolOptions } from '../delivery/backlog.ts'
import type { Cancel } from '../delivery/clock.ts'
import type { LossReason } from '../delivery/ledger.ts'
import type { RecordSpan } from './record-format.ts'
import { Segment, type TakenRecord } from './segment.ts'
import { SegmentWriter } from './segment-writer.ts'
import { type SpoolDirectory, STALL_MS } from './spool-directory.ts'

/** Large enough that a file costs little, small enough to be read in a millisecond and to be given up as a whole. */
const MAX_SEGMENT_BYTES = 1024 * 1024
const MIN_SEGMENT_BYTES = 16 * 1024

/** The promise is a second; half of it is for a busy event loop. */
const SYNC_DELAY_MS = 500

/** Finished segments whose bytes wait for the next sync. A sync at once would slow down the appends of a burst to 40 %. */
const MAX_UNSYNCED = 16

/** The segments that this client owns: it appends to one and takes from the others, oldest first. */
export class SegmentStore {
  readonly #directory: SpoolDirectory
  readonly #options: SpoolOptions
  readonly #maxSegmentBytes: number
  /** Finished segments, oldest first. */
  #finished: Segment[] = []
  #writer: SegmentWriter | undefined
  /** Finished, but perhaps not on the disk yet. */
  #unsynced: SegmentWriter[] = []
  #finishedCount = 0
  #lastBeatMs = 0
  #cancelSync: Cancel | undefined

  constructor(directory: SpoolDirectory, options: SpoolOptions) {
    this.#directory = directory
    this.#options = options
    this.#maxSegmentBytes = Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, options.maxBytes / 8))
  }

  /** Records neither settled nor lost. */
  get count(): number {
    return this.#finishedCount + (this.#writer?.count ?? 0)
  }

  /** When it returns, the operating system has the record. Throws what the file system throws. */
  append(json: string): void {
    const nowMs = this.#options.clock.now()
    if (nowMs - this.#lastBeatMs > STALL_MS) this.beat()

    const writer = (this.#writer ??= this.#openWriter())
    try {
      writer.append(json, nowMs)
    } catch (cause) {
      this.#finish() // its last record may be torn: nothing may follow it
      throw cause
    }
    this.#cancelSync ??= this.#options.clock.after(SYNC_DELAY_MS, () => this.#sync())
    if (writer.bytes >= this.#maxSegmentBytes) {
      this.#finish()
      this.#evictBeyondMax()
    }
  }

  /** Takes the oldest records; what is too old or damaged is dropped and counted on the way. */
  take({ maxBytes, maxRecords }: LeaseLimits): TakenRecord[] {
    const taken: TakenRecord[] = []
    let bytes = 0
    while (taken.length < maxRecords) {
      const record = this.#takeOldest()
      if (record === undefined) break
      bytes += record.json.length + 1
      if (bytes > maxBytes && taken.length > 0) {
        record.segment.putBack([record.span])
        break
      }
      taken.push(record)
    }
    this.#removeEmpty()
    return taken
  }

  /** Ends what `take` began: what waits goes back to its place, the rest is gone. */
  settle(taken: readonly TakenRecord[], isWaiting: (index: number) => boolean): void {
    const waiting = new Map<Segment, RecordSpan[]>()
    for (const [index, { segment, span }] of taken.entries()) {
      if (isWaiting(index)) {
        waiting.set(segment, [...(waiting.get(segment) ?? []), span])
      } else {
        segment.settle()
        this.#finishedCount--
      }
    }
    for (const [segment, spans] of waiting) segment.putBack(spans)
    this.#removeEmpty()
  }

  /** Takes over what processes that are gone have left. */
  adopt(): boolean {
    const ours = new Set(this.#finished.map(({ file }) => file))
    if (this.#writer !== undefined) ours.add(this.#writer.file)

    const adopted = this.#directory.adopt(ours)
    for (const { damaged, segment } of adopted) {
      this.#finished.push(segment)
      this.#finishedCount += segment.count
      if (segment.count + damaged > 0) this.#options.onAdopted(segment.count + damaged)
      if (damaged > 0) this.#options.onLoss('damaged', damaged)
    }
    this.#finished.sort((a, b) => a.createdMs - b.createdMs)
    this.#removeEmpty()
    return adopted.length > 0
  }

  /** Says that we live, and finds out what was taken from us while it did not look like it. */
  beat(): void {
    const nowMs = this.#options.clock.now()
    this.#lastBeatMs = nowMs
    if (this.#writer !== undefined && this.#isGone(this.#writer.file, nowMs)) {
      this.#options.onHandedOver(this.#writer.count)
      this.#unsynced.push(this.#writer)
      this.#writer = undefined
    }
    for (const segment of this.#finished) {
      if (this.#isGone(segment.file, nowMs)) this.#letGo(segment)
    }
  }

  /** Gives everything back, on the disk and ready for the next client. */
  close(): void {
    this.#cancelSync?.()
    this.#cancelSync = undefined
    this.#finish()
    for (const writer of this.#unsynced) writer.close()
    this.#unsynced = []
    for (const segment of this.#finished) {
      this.#letGo(segment)
      orIgnore(() => this.#directory.release(segment.file))
    }
  }

  #takeOldest(): TakenRecord | undefined {
    for (const segment of this.#finished) {
      const record = this.#takeFrom(segment)
      if (record !== undefined) return record
    }
    const hadMore = this.#writer !== undefined && this.#writer.count > 0
    if (hadMore) this.#finish()
    return hadMore || this.adopt() ? this.#takeOldest() : undefined
  }

  #takeFrom(segment: Segment): TakenRecord | undefined {
    const { clock, maxAgeMs } = this.#options
    try {
      this.#load(segment)
    } catch {
      this.#letGo(segment) // taken from us, or unreadable: then the next one to adopt it tries again
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
    this.#finishedCount += Math.max(found, 0)
    if (found > 0) this.#options.onAdopted(found)
    this.#lose('damaged', Math.max(-found, 0))
  }

  #sync(): void {
    this.#cancelSync = undefined
    this.#writer?.sync()
    for (const writer of this.#unsynced) writer.syncThenClose()
    this.#unsynced = []
  }

  #lose(reason: LossReason, count: number): void {
    if (count === 0) return
    this.#finishedCount -= count
    this.#options.onLoss(reason, count)
  }

  #openWriter(): SegmentWriter {
    this.#directory.make()
    return new SegmentWriter(this.#directory.files, this.#directory.newFile(), this.#options.clock.now())
  }

  /** Ends the segment that is appended to, so that it can be read. */
  #finish(): void {
    const writer = this.#writer
    if (writer === undefined) return
    this.#writer = undefined
    this.#unsynced.push(writer)
    if (this.#unsynced.length > MAX_UNSYNCED) this.#unsynced.shift()?.syncThenClose()

    const segment = new Segment(this.#directory.files, writer)
    this.#finished.push(segment)
    this.#finishedCount += segment.count
    this.#removeEmpty()
  }

  /** Gives up our oldest segments while the whole directory is too large. */
  #evictBeyondMax(): void {
    let excess = this.#directory.totalBytes() - this.#options.maxBytes
    for (const segment of this.#finished.filter(({ isTaken }) => !isTaken)) {
      if (excess <= 0) break
      excess -= segment.bytes
      this.#lose('spool_full', segment.count)
      segment.count = 0
    }
    this.#removeEmpty()
  }

  #removeEmpty(): void {
    for (const segment of this.#finished.filter(({ count }) => count === 0)) orIgnore(() => segment.remove())
    this.#finished = this.#finished.filter(({ count }) => count > 0)
  }

  /** Forgets a segment without removing it: somebody else has it, or will. */
  #letGo(segment: Segment): void {
    this.#finished = this.#finished.filter((other) => other !== segment)
    this.#finishedCount -= segment.count
    this.#options.onHandedOver(segment.count)
  }

  /** Touches a file of ours; true where it is ours no more. */
  #isGone(file: string, nowMs: number): boolean {
    try {
      this.#directory.files.touch(file, nowMs)
      return false
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT'
    }
  }
}

/** For what can wait, or be found again by whoever comes next. */
function orIgnore(act: () => void): void {
  try {
    act()
  } catch {
    // The file stays; a later adoption of it sends again what the server knows already.
  }
}
