import { encodeRecord } from './record-format.ts'
import type { SpoolFiles } from './spool-files.ts'

/** The one segment that this client appends to. Every method but `close` may throw what the file system throws. */
export class SegmentWriter {
  readonly file: string
  readonly createdMs: number
  readonly #files: SpoolFiles
  readonly #handle: number
  count = 0
  bytes = 0
  #isSynced = true

  constructor(files: SpoolFiles, file: string, createdMs: number) {
    this.#files = files
    this.file = file
    this.createdMs = createdMs
    this.#handle = files.openForAppend(file)
  }

  /** When it returns, the operating system has the whole record. */
  append(json: string, nowMs: number): void {
    const line = encodeRecord(json, nowMs)
    const written = this.#files.append(this.#handle, line)
    this.bytes += written
    this.#isSynced = false
    if (written < line.length)
      throw new Error(`only ${written} of ${line.length} bytes were taken: the disk is full`)
    this.count++
  }

  /** Starts bringing what was appended to the disk. */
  sync(): void {
    if (this.#isSynced) return
    this.#isSynced = true
    this.#files.sync(this.#handle)
  }

  /** Ends the segment without making the caller wait for the disk. */
  syncThenClose(): void {
    this.#files.syncThenClose(this.#handle)
  }

  /** Ends the segment with everything on the disk. A failure changes nothing: the operating system has the records. */
  close(): void {
    orIgnore(() => this.#files.syncNow(this.#handle))
    orIgnore(() => this.#files.close(this.#handle))
  }
}

function orIgnore(act: () => void): void {
  try {
    act()
  } catch {
    // There is nothing more to be done with this handle.
  }
}
