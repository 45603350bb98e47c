import { basename, join, resolve } from 'node:path'

import type { Clock } from '../delivery/clock.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { Segment } from './segment.ts'
import {
  formatSegmentName,
  NOBODY,
  parseSegmentName,
  type SegmentName,
  type SegmentOwner,
} from './segment-name.ts'
import { scanRecords } from './record-format.ts'
import type { SpoolFiles } from './spool-files.ts'

/** How often an owner says that it lives, by touching its segments. */
export const BEAT_MS = 5_000
/** An owner that cannot be asked is taken for dead after six missed beats. */
export const STALE_MS = 30_000
/** After a pause this long a writer makes sure that its segment is still its own; well before STALE_MS. */
export const STALL_MS = 15_000

/** Segments adopted in one go are read in one go: this many bytes take some 10 ms. */
const MAX_ADOPTED_BYTES = 8 * 1024 * 1024

export interface Adopted {
  readonly segment: Segment
  readonly damaged: number
}

interface Listed {
  readonly name: SegmentName
  readonly file: string
}

/** The directory as one client sees it: whose segment is whose, and how they change hands. */
export class SpoolDirectory {
  readonly files: SpoolFiles
  readonly #path: string
  readonly #destination: string
  readonly #self: ProcessIdentity
  readonly #clock: Clock

  constructor(files: SpoolFiles, path: string, destination: string, self: ProcessIdentity, clock: Clock) {
    this.files = files
    this.#path = resolve(path) // the process may change its directory later
    this.#destination = destination
    this.#self = self
    this.#clock = clock
  }

  make(): void {
    this.files.makeDirectory(this.#path)
  }

  newFile(): string {
    return this.#fileFor(this.#clock.now(), this.#self)
  }

  /** Gives a segment back, so that the next client need not wait to see whether we live. */
  release(file: string): void {
    const name = parseSegmentName(basename(file))
    try {
      this.files.rename(file, this.#fileFor(name?.createdMs ?? this.#clock.now(), NOBODY))
    } catch {
      // Then the next client does wait.
    }
  }

  /** Bytes in all segments, whoever owns them. */
  totalBytes(): number {
    let bytes = 0
    for (const { file } of this.#list()) bytes += this.#statOrUndefined(file)?.bytes ?? 0
    return bytes
  }

  /** Takes over the oldest segments whose owner is gone; as many a call as are quick to read. */
  adopt(ours: ReadonlySet<string>): Adopted[] {
    const adopted: Adopted[] = []
    let bytes = 0
    for (const { file, name } of this.#list()) {
      if (bytes >= MAX_ADOPTED_BYTES) break
      if (name.destination !== this.#destination || ours.has(file) || !this.#isFree(file, name)) continue

      const taken = this.#claim(file, name)
      if (taken === undefined) continue
      bytes += taken.segment.bytes
      adopted.push(taken)
    }
    return adopted
  }

  #isFree(file: string, { owner }: SegmentName): boolean {
    if (owner.pid === NOBODY.pid || this.#self.isGone(owner)) return true
    const stat = this.#statOrUndefined(file)
    return stat !== undefined && this.#clock.now() - stat.changedMs > STALE_MS
  }

  /** The rename decides between two that want the same segment; who comes second finds no file. */
  #claim(file: string, name: SegmentName): Adopted | undefined {
    const ownFile = this.#fileFor(name.createdMs, this.#self)
    try {
      this.files.touch(file, this.#clock.now()) // before the rename, so that it never looks stale under our name
      this.files.rename(file, ownFile)
      const bytes = this.files.read(ownFile)
      const { damaged, records } = scanRecords(bytes)
      const facts = { file: ownFile, bytes: bytes.length, count: records.length, createdMs: name.createdMs }
      return { segment: new Segment(this.files, facts), damaged }
    } catch {
      return undefined
    }
  }

  /** Every segment, oldest first; none where the directory cannot be read. */
  #list(): Listed[] {
    const listed: Listed[] = []
    try {
      for (const entry of this.files.list(this.#path)) {
        const name = parseSegmentName(entry)
        if (name !== undefined) listed.push({ name, file: join(this.#path, entry) })
      }
    } catch {
      return []
    }
    return listed.sort((a, b) => a.name.createdMs - b.name.createdMs || (a.file < b.file ? -1 : 1))
  }

  #fileFor(createdMs: number, owner: SegmentOwner): string {
    const name = { destination: this.#destination, createdMs, owner, nonce: this.#self.newNonce() }
    return join(this.#path, formatSegmentName(name))
  }

  #statOrUndefined(file: string): { readonly bytes: number; readonly changedMs: number } | undefined {
    try {
      return this.files.stat(file)
    } catch {
      return undefined
    }
  }
}
