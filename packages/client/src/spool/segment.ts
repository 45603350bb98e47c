import type { SpoolFiles } from './spool-files.ts'
import { type RecordSpan, scanRecords } from './record-format.ts'

/** A record taken from a segment, to be put back or settled. */
export interface TakenRecord {
  readonly segment: Segment
  readonly span: RecordSpan
  readonly json: string
}

export interface SegmentFacts {
  readonly file: string
  readonly bytes: number
  readonly count: number
  /** When its first writer made it; adoption does not change it. */
  readonly createdMs: number
}

/**
 * One file of records that nobody writes to any more. Its bytes are in memory only from the first record taken to the
 * last one settled.
 */
export class Segment {
  readonly file: string
  readonly bytes: number
  readonly createdMs: number
  /** Records neither settled nor lost. */
  count: number
  readonly #files: SpoolFiles
  #loaded: { readonly bytes: Buffer; readonly pending: RecordSpan[] } | undefined
  #takenCount = 0

  constructor(files: SpoolFiles, { bytes, count, createdMs, file }: SegmentFacts) {
    this.#files = files
    this.file = file
    this.bytes = bytes
    this.createdMs = createdMs
    this.count = count
  }

  /** Whether some of its records are on their way. */
  get isTaken(): boolean {
    return this.#takenCount > 0
  }

  /** Reads the file unless it is in memory, and counts anew. May throw what the file system throws. */
  load(): void {
    if (this.#loaded !== undefined) return
    const bytes = this.#files.read(this.file)
    const { records } = scanRecords(bytes)
    this.#loaded = { bytes, pending: records }
    this.count = records.length
  }

  /** Drops the records at the front that were written before `limitMs`, and returns how many. */
  dropWrittenBefore(limitMs: number): number {
    const pending = this.#loaded?.pending ?? []
    const firstKept = pending.findIndex(({ writtenMs }) => writtenMs >= limitMs)
    const dropped = firstKept === -1 ? pending.length : firstKept
    pending.splice(0, dropped)
    this.count -= dropped
    return dropped
  }

  /** Takes the oldest record; undefined where none is left to take. */
  take(): TakenRecord | undefined {
    const span = this.#loaded?.pending.shift()
    if (this.#loaded === undefined || span === undefined) return undefined
    this.#takenCount++
    return { segment: this, span, json: this.#loaded.bytes.toString('utf8', span.start, span.end) }
  }

  settle(): void {
    this.#takenCount--
    this.count--
  }

  /** Returns records to their places, whatever was returned before them. */
  putBack(spans: readonly RecordSpan[]): void {
    this.#takenCount -= spans.length
    this.#loaded?.pending.unshift(...spans)
    this.#loaded?.pending.sort((a, b) => a.start - b.start)
  }

  remove(): void {
    this.#loaded = undefined
    this.#files.remove(this.file)
  }
}
