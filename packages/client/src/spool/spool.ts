import type { Backlog, Lease, LeaseLimits, SpoolOptions } from '../delivery/backlog.ts'
import type { Cancel } from '../delivery/clock.ts'
import { MemoryBacklog } from '../delivery/memory-backlog.ts'
import type { Fate } from '../delivery/transport.ts'
import { TelemetryError } from '../telemetry-error.ts'
import { DeadLetter } from './dead-letter.ts'
import { type ProcessIdentity, shortHash } from './process-identity.ts'
import { SegmentStore } from './segment-store.ts'
import { BEAT_MS, SpoolDirectory } from './spool-directory.ts'
import type { SpoolFiles } from './spool-files.ts'
import type { TakenRecord } from './segment.ts'

/**
 * The spool: a directory of append-only segments, shared by any number of processes, containers included.
 *
 * Always true
 * - A segment has one owner, which its name tells, and only the owner appends to it, reads it or removes it.
 * - A record is one line with a checksum, so a torn or flipped byte costs the record it is in and no other.
 * - A segment is removed only when every record in it was delivered, dead-lettered or counted as lost.
 * - `add()` returns when the operating system has the record, so nothing but a power cut can lose it; a second later
 *   it is on the disk, and not even that.
 *
 * Who does what
 * - A client appends to a segment of its own and starts the next one at a megabyte. It reads only finished segments;
 *   the one it appends to is finished when there is nothing older to send.
 * - The owner touches its segments every five seconds. One whose owner is gone is adopted: renamed to the new owner,
 *   which only one of two can succeed in. Gone means: given back by `stop()`; or a process of this machine, boot and
 *   container that no longer runs; or, where nobody can tell, untouched for thirty seconds.
 * - A process that was stopped for longer (suspended, a debugger) checks before its next record that the segment is
 *   still its own.
 *
 * After a crash the next client adopts the segments and sends every record that is still in them, including those whose
 * delivery the crash kept from being noted; the server knows them by their id.
 *
 * Limits: the whole directory at `maxBytes` (beyond it each client gives up its oldest segments), a record at
 * `maxAgeMs`. Segments of another destination are left alone: one foreign event would cost its whole batch a 403.
 *
 * A disk that takes nothing more (full, read-only, forbidden) is reported once; records wait in memory until it does.
 *
 * Assumed: renames are atomic, and the clocks of all who share the directory agree to a few seconds, as on a local file
 * system. On a network file system give each machine a directory of its own.
 */
export class Spool implements Backlog {
  readonly #options: SpoolOptions
  readonly #store: SegmentStore
  readonly #deadLetter: DeadLetter
  /** Where records wait while the disk takes none. */
  readonly #memory: MemoryBacklog
  #isOpen = false
  #takenCount = 0
  #cancelUpkeep: Cancel | undefined
  #retryDiskAtMs = 0
  #lastReportMs = -Infinity

  constructor(options: SpoolOptions, files: SpoolFiles, self: ProcessIdentity) {
    const destination = shortHash(options.destination)
    const directory = new SpoolDirectory(files, options.directory, destination, self, options.clock)
    this.#options = options
    this.#store = new SegmentStore(directory, options)
    this.#deadLetter = new DeadLetter(files, options.directory)
    this.#memory = new MemoryBacklog(options.maxRecordsInMemory, options.onLoss)
  }

  get size(): number {
    return this.#store.count + this.#memory.size
  }

  get waiting(): number {
    return this.#store.count - this.#takenCount + this.#memory.waiting
  }

  get volatileSize(): number {
    return this.#memory.size
  }

  add(record: object): void {
    if (this.#isDegraded && !this.#tryDiskAgain()) return this.#memory.add(record)
    if (!this.#appendOrDegrade(record)) this.#memory.add(record)
  }

  lease(limits: LeaseLimits): Lease | undefined {
    const taken = this.#store.take(limits)
    if (taken.length === 0) return this.#memory.lease(limits)
    this.#takenCount += taken.length
    return { batch: taken.map(({ json }) => json), settle: (fates) => this.#settle(taken, fates) }
  }

  open(): void {
    this.#isOpen = true
    this.#memory.open()
    this.#store.adopt()
    this.#keepUp()
  }

  close(): void {
    this.#isOpen = false
    this.#cancelUpkeep?.()
    this.#cancelUpkeep = undefined
    if (this.#isDegraded) this.#moveToDisk()
    this.#memory.close()
    this.#memory.open() // a disk that fails after stop() must not lose what track() takes then
    this.#store.close()
  }

  #settle(taken: readonly TakenRecord[], fates: readonly Fate[]): void {
    this.#takenCount -= taken.length
    for (const [index, { json }] of taken.entries()) {
      const fate = fates[index]
      if (fate?.kind === 'refused') this.#bury(json, fate.cause.message)
    }
    this.#store.settle(taken, (index) => fates[index]?.kind === 'waiting')
  }

  #bury(json: string, reason: string): void {
    try {
      this.#deadLetter.add(json, reason, this.#options.clock.now())
    } catch (cause) {
      this.#reportDisk(cause)
    }
  }

  #appendOrDegrade(record: object): boolean {
    const json = JSON.stringify(record)
    try {
      this.#store.append(json)
      this.#options.onSpooled()
      return true
    } catch (cause) {
      this.#retryDiskAtMs = this.#options.clock.now() + BEAT_MS
      this.#reportDisk(cause)
      return false
    }
  }

  get #isDegraded(): boolean {
    return this.#retryDiskAtMs > 0
  }

  /** @returns whether the disk takes records again. */
  #tryDiskAgain(): boolean {
    return this.#options.clock.now() >= this.#retryDiskAtMs && this.#moveToDisk()
  }

  /** Moves what waits in memory to the disk, in its order; what does not fit stays. */
  #moveToDisk(): boolean {
    this.#retryDiskAtMs = 0
    const records = this.#memory.takeAll()
    const failedAt = records.findIndex((record) => !this.#appendOrDegrade(record))
    if (failedAt === -1) return true
    this.#memory.putBack(records.slice(failedAt))
    return false
  }

  /** Every few seconds while open: says that we live, looks for orphans, tries a failed disk again. */
  #keepUp(): void {
    this.#cancelUpkeep?.()
    this.#cancelUpkeep = this.#options.clock.after(BEAT_MS, () => {
      this.#store.beat()
      this.#store.adopt()
      if (this.#isDegraded) this.#tryDiskAgain()
      if (this.#isOpen) this.#keepUp()
    })
  }

  /** Once for a failure that lasts; again when a minute later there is another. */
  #reportDisk(cause: unknown): void {
    const nowMs = this.#options.clock.now()
    if (nowMs - this.#lastReportMs < 60_000) return
    this.#lastReportMs = nowMs

    const { directory, report } = this.#options
    const reason = cause instanceof Error ? cause.message : String(cause)
    const sentence = `the spool in ${directory} cannot be written: ${reason}`
    const hint =
      'Events wait in memory, at most maxQueueSize of them, until it can. Check space and permissions.'
    report(new TelemetryError('SPOOL_UNAVAILABLE', sentence, { hint, cause }))
  }
}
