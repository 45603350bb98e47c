import type { LeaseLimits, SpoolOptions } from '../delivery/backlog.ts'
import type { Cancel } from '../delivery/clock.ts'
import { FinishedSegments } from './finished-segments.ts'
import { Segment, type TakenRecord } from './segment.ts'
import { SegmentWriter } from './segment-writer.ts'
import { type SpoolDirectory, STALL_MS } from './spool-directory.ts'

/** Large enough that a file costs little, small enough to be read in a millisecond and to be given up as a whole. */
const MAX_SEGMENT_BYTES = 1024 * 1024
const MIN_SEGMENT_BYTES = 16 * 1024

/** The promise is a second; half of it is for a busy event loop. */
const SYNC_DELAY_MS = 500

/** Finished segments whose bytes wait for the next sync, and so their open files. */
const MAX_UNSYNCED = 16

/** The segments that this client owns: it appends to one and takes from the others, oldest first. */
export class SegmentStore {
  readonly #directory: SpoolDirectory
  readonly #options: SpoolOptions
  readonly #maxSegmentBytes: number
  readonly #finished: FinishedSegments
  #writer: SegmentWriter | undefined
  /** Finished, but perhaps not on the disk yet. */
  #unsynced: SegmentWriter[] = []
  #lastBeatMs = 0
  #cancelSync: Cancel | undefined

  constructor(directory: SpoolDirectory, options: SpoolOptions) {
    this.#directory = directory
    this.#options = options
    this.#maxSegmentBytes = Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, options.maxBytes / 8))
    this.#finished = new FinishedSegments(options)
  }

  /** Records neither settled nor lost. */
  get count(): number {
    return this.#finished.count + (this.#writer?.count ?? 0)
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
      this.#finished.evict(this.#directory.totalBytes() - this.#options.maxBytes)
    }
  }

  /** Takes the oldest records, so many as the limits allow. */
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
    return taken
  }

  settle(taken: readonly TakenRecord[], isWaiting: (index: number) => boolean): void {
    this.#finished.settle(taken, isWaiting)
  }

  /** Takes over what processes that are gone have left; true if there was anything. */
  adopt(): boolean {
    const ours = new Set(this.#finished.files)
    if (this.#writer !== undefined) ours.add(this.#writer.file)

    const adopted = this.#directory.adopt(ours)
    for (const { damaged, segment } of adopted) {
      this.#finished.add(segment)
      if (segment.count + damaged > 0) this.#options.onAdopted(segment.count + damaged)
      if (damaged > 0) this.#options.onLoss('damaged', damaged)
    }
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
    this.#finished.letGo(({ file }) => this.#isGone(file, nowMs))
  }

  /** Gives everything back, on the disk and ready for the next client. */
  close(): void {
    this.#cancelSync?.()
    this.#cancelSync = undefined
    this.#finish()
    for (const writer of this.#unsynced) writer.close()
    this.#unsynced = []
    this.#finished.letGo(({ file }) => {
      this.#directory.release(file)
      return true
    })
  }

  #takeOldest(): TakenRecord | undefined {
    const record = this.#finished.takeOldest()
    if (record !== undefined) return record

    const hadMore = this.#writer !== undefined && this.#writer.count > 0
    if (hadMore) this.#finish()
    return hadMore || this.adopt() ? this.#takeOldest() : undefined
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
    this.#finished.add(new Segment(this.#directory.files, writer))
  }

  #sync(): void {
    this.#cancelSync = undefined
    this.#writer?.sync()
    for (const writer of this.#unsynced) writer.syncThenClose()
    this.#unsynced = []
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
