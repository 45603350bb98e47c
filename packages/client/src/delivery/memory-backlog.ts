import type { Backlog, Lease, LeaseLimits, OnLoss } from './backlog.ts'
import { EventQueue } from './event-queue.ts'
import type { Fate } from './transport.ts'

/** Records wait as objects and become text when they leave: an object is smaller, and most callers are in a hurry. */
export class MemoryBacklog implements Backlog {
  readonly #queue: EventQueue<object>
  readonly #onLoss: OnLoss
  /** Leases that are open, or settled while an older one is open; oldest first. */
  #leases: OpenLease[] = []
  #isClosed = false

  constructor(maxRecords: number, onLoss: OnLoss) {
    this.#queue = new EventQueue(maxRecords, (evicted) => onLoss('evicted', evicted))
    this.#onLoss = onLoss
  }

  get size(): number {
    return this.#queue.size + this.#leases.reduce((count, { records }) => count + records.length, 0)
  }

  get waiting(): number {
    return this.#queue.size
  }

  get volatileSize(): number {
    return this.size
  }

  add(record: object): void {
    if (this.#isClosed) this.#onLoss('stopped', 1)
    else this.#queue.put(record)
  }

  lease(limits: LeaseLimits): Lease | undefined {
    const records = this.#queue.drain(limits.maxRecords)
    if (records.length === 0) return undefined

    const batch = stringifyUpTo(records, limits.maxBytes)
    if (batch.length < records.length) this.#queue.putBack(records.splice(batch.length))
    const open: OpenLease = { records, isOpen: true }
    this.#leases.push(open)

    return {
      batch,
      settle: (fates: readonly Fate[]) => {
        open.records = records.filter((_, index) => fates[index]?.kind === 'waiting')
        open.isOpen = false
        this.#returnWaiting()
      },
    }
  }

  /** What several leases return goes back together when the last one ends: only then is their order certain. */
  #returnWaiting(): void {
    if (this.#leases.some(({ isOpen }) => isOpen)) return
    const waiting = this.#leases.flatMap(({ records }) => records)
    this.#leases = []
    this.#queue.putBack(waiting)
  }

  /** Removes and returns what waits and is not leased, for a better place. */
  takeAll(): object[] {
    return this.#queue.drain(this.#queue.size)
  }

  putBack(records: readonly object[]): void {
    this.#queue.putBack(records)
  }

  open(): void {
    this.#isClosed = false
  }

  close(): void {
    this.#isClosed = true
    const left = this.takeAll().length
    if (left > 0) this.#onLoss('stopped', left)
  }
}

interface OpenLease {
  records: readonly object[]
  isOpen: boolean
}

/** At least one text, however long: a record that is too large alone is for the server to refuse. */
function stringifyUpTo(records: readonly object[], maxBytes: number): string[] {
  const texts: string[] = []
  let bytes = 0
  for (const record of records) {
    const text = JSON.stringify(record)
    bytes += text.length + 1
    if (bytes > maxBytes && texts.length > 0) break
    texts.push(text)
  }
  return texts
}
