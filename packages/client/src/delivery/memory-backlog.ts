import type { Backlog, Lease, LeaseLimits, OnLoss } from './backlog.ts'
import { EventQueue } from './event-queue.ts'
import type { Fate } from './transport.ts'

/** Records wait as objects and become text when they leave: an object is smaller, and most callers are in a hurry. */
export class MemoryBacklog implements Backlog {
  readonly #queue: EventQueue<object>
  readonly #onLoss: OnLoss
  #leased = 0
  #isClosed = false

  constructor(maxRecords: number, onLoss: OnLoss) {
    this.#queue = new EventQueue(maxRecords, (evicted) => onLoss('evicted', evicted))
    this.#onLoss = onLoss
  }

  get size(): number {
    return this.#queue.size + this.#leased
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
    this.#leased = records.length

    return {
      batch,
      settle: (fates: readonly Fate[]) => {
        this.#leased = 0
        this.#queue.putBack(records.filter((_, index) => fates[index]?.kind === 'waiting'))
      },
    }
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
