import type { EventRows } from '../storage/event-rows.ts'
import type { AppendedRows, AppendOutcome, StoredGroup } from '../storage/store.ts'

export interface GroupCommitOptions {
  /** Events in one transaction. Beyond about 2 000 a larger group is hardly faster and everybody waits longer. */
  readonly maxGroupEvents: number
  /** Events that may wait. Beyond it requests are turned away at once, so that memory and waiting stay bounded. */
  readonly maxWaitingEvents: number
}

export type CommitOutcome =
  | { readonly kind: 'stored'; readonly appended: AppendedRows }
  | { readonly kind: 'overloaded' }
  | { readonly kind: 'unavailable'; readonly cause: string }

interface Waiting {
  readonly rows: EventRows
  readonly settle: (outcome: CommitOutcome) => void
}

/**
 * Group commit without a timer: while one transaction is on its way to the disk, everything that arrives queues up
 * and goes in the next. A lone request never waits for company, and a slow disk makes groups larger by itself.
 */
export class GroupCommit {
  readonly #append: (requests: readonly EventRows[]) => Promise<AppendOutcome>
  /** Told of a committed group before any of its requests is answered. */
  readonly #onStored: (group: StoredGroup) => void
  readonly #options: GroupCommitOptions
  readonly #waiting: Waiting[] = []
  #waitingEvents = 0
  #committing: Promise<void> | undefined

  constructor(
    append: (requests: readonly EventRows[]) => Promise<AppendOutcome>,
    onStored: (group: StoredGroup) => void,
    options: GroupCommitOptions,
  ) {
    this.#append = append
    this.#onStored = onStored
    this.#options = options
  }

  /** Events that wait for their transaction to begin. */
  get waitingEvents(): number {
    return this.#waitingEvents
  }

  /** Resolves when the rows are durable, or not stored at all. */
  commit(rows: EventRows): Promise<CommitOutcome> {
    if (this.#waitingEvents + rows.count > this.#options.maxWaitingEvents) {
      return Promise.resolve({ kind: 'overloaded' })
    }
    return new Promise((settle) => {
      this.#waiting.push({ rows, settle })
      this.#waitingEvents += rows.count
      this.#committing ??= this.#commitAll()
    })
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    while (this.#committing !== undefined) await this.#committing
  }

  async #commitAll(): Promise<void> {
    // Requests that are parsed in the same turn of the event loop go together.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#commitGroup(this.#takeGroup())
    this.#committing = undefined
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    const requests = group.map((waiting) => waiting.rows)
    const outcome = await this.#append(requests)
    if (outcome.kind === 'unavailable') {
      for (const waiting of group) waiting.settle(outcome)
      return
    }

    this.#onStored({ requests, appended: outcome.requests, position: outcome.position })
    for (const [index, waiting] of group.entries()) {
      waiting.settle({ kind: 'stored', appended: outcome.requests[index] ?? new Uint8Array() })
    }
  }

  #takeGroup(): readonly Waiting[] {
    let events = 0
    let requests = 0
    for (const { rows } of this.#waiting) {
      if (requests > 0 && events + rows.count > this.#options.maxGroupEvents) break
      events += rows.count
      requests++
    }
    this.#waitingEvents -= events
    return this.#waiting.splice(0, requests)
  }
}
