export interface GroupCommitOptions {
  /** Events in one transaction. Beyond about 2 000 a larger group is hardly faster and everybody waits longer. */
  readonly maxGroupEvents: number
  /** Events that may wait. Beyond it requests are turned away at once, so that memory and waiting stay bounded. */
  readonly maxWaitingEvents: number
  /**
   * Longest that anybody shall wait for a transaction to begin, by what the last ones took; while somebody has waited
   * longer, or would have to, requests are turned away. A client gives up on an answer after some seconds and sends
   * again, so a longer queue would hold work done twice.
   */
  readonly maxWaitMs?: number
  /** Milliseconds since any moment; the machine's clock may be set meanwhile. */
  readonly elapsedMs?: () => number
  /** Transactions under way at once: 1 where a store has one writer, a few where it lies across a network. */
  readonly groupsAtOnce?: number
}

/** What a store makes of a group: a result for each request, or nothing of it is stored. */
export type GroupOutcome<Result> =
  | {
      readonly kind: 'stored'
      readonly requests: readonly Result[]
      /** Done before anybody is told; the next group is on its way to the disk meanwhile. */
      beforeTelling?(): void
    }
  | { readonly kind: 'unavailable'; readonly cause: string }

export type CommitOutcome<Result> =
  | { readonly kind: 'stored'; readonly result: Result }
  | { readonly kind: 'overloaded' }
  | { readonly kind: 'unavailable'; readonly cause: string }

/** How much the newest transaction says about the next: one slow sync is no slow disk. */
const NEWEST_WEIGHT = 0.3

interface Waiting<Request, Result> {
  readonly request: Request
  readonly sinceMs: number
  readonly settle: (outcome: CommitOutcome<Result>) => void
}

/**
 * Group commit without a timer: while one transaction is on its way to the disk, everything that arrives queues up
 * and goes in the next. A lone request never waits for company, and a slow disk makes groups larger by itself. A store
 * that takes several groups at once gets each as soon as one of its turns is free.
 */
export class GroupCommit<Request extends { readonly count: number }, Result> {
  readonly #commitTogether: (requests: readonly Request[]) => Promise<GroupOutcome<Result>>
  readonly #options: GroupCommitOptions
  readonly #elapsedMs: () => number
  readonly #waiting: Waiting<Request, Result>[] = []
  #waitingEvents = 0
  /** What a transaction takes, as the last few did. */
  #commitMs = 0
  /** Each has one group under way at a time. */
  readonly #lanes = new Set<Promise<void>>()
  #openLanes = 0

  constructor(
    commitTogether: (requests: readonly Request[]) => Promise<GroupOutcome<Result>>,
    options: GroupCommitOptions,
  ) {
    this.#commitTogether = commitTogether
    this.#options = options
    this.#elapsedMs = options.elapsedMs ?? (() => performance.now())
  }

  /** Events that wait for their transaction to begin. */
  get waitingEvents(): number {
    return this.#waitingEvents
  }

  /** Whether a request of one event would be turned away now, so that its body need not be read. */
  get isFull(): boolean {
    return this.#hasNoRoomFor(1)
  }

  /** Resolves when the request is durable, or not stored at all. */
  commit(request: Request): Promise<CommitOutcome<Result>> {
    if (this.#hasNoRoomFor(request.count)) return Promise.resolve({ kind: 'overloaded' })
    return new Promise((settle) => {
      this.#waiting.push({ request, sinceMs: this.#elapsedMs(), settle })
      this.#waitingEvents += request.count
      if (this.#openLanes < (this.#options.groupsAtOnce ?? 1)) this.#openLane()
    })
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all(this.#lanes)
  }

  #hasNoRoomFor(events: number): boolean {
    const { maxWaitingEvents, maxWaitMs = Infinity, maxGroupEvents, groupsAtOnce = 1 } = this.#options
    if (this.#waitingEvents + events > maxWaitingEvents) return true
    const longestWaiting = this.#waiting[0]
    if (longestWaiting === undefined) return false

    const groupsBefore = Math.floor(this.#waitingEvents / maxGroupEvents)
    const expectedWaitMs = (groupsBefore / groupsAtOnce) * this.#commitMs
    return Math.max(expectedWaitMs, this.#elapsedMs() - longestWaiting.sinceMs) > maxWaitMs
  }

  #openLane(): void {
    this.#openLanes++
    const lane: Promise<void> = this.#commitWaiting().then(() => void this.#lanes.delete(lane))
    this.#lanes.add(lane)
  }

  async #commitWaiting(): Promise<void> {
    // Requests that are parsed in the same turn of the event loop go together.
    await Promise.resolve()
    for (let underWay = this.#startGroup(); underWay !== undefined;) {
      const outcome = await underWay.committed
      const { group, startedAtMs } = underWay
      this.#commitMs += (this.#elapsedMs() - startedAtMs - this.#commitMs) * NEWEST_WEIGHT
      underWay = this.#startGroup()
      tell(group, outcome)
    }
    this.#openLanes-- // in the moment in which nothing waits, so that the next request opens one again
  }

  /** Sends what waits on its way, as far as it fits one transaction. */
  #startGroup(): Group<Request, Result> | undefined {
    if (this.#waiting.length === 0) return undefined
    const group = this.#takeGroup()
    const startedAtMs = this.#elapsedMs()
    const committed = this.#commitTogether(group.map((waiting) => waiting.request)).catch(asUnavailable)
    return { group, startedAtMs, committed }
  }

  #takeGroup(): readonly Waiting<Request, Result>[] {
    let events = 0
    let requests = 0
    for (const { request } of this.#waiting) {
      if (requests > 0 && events + request.count > this.#options.maxGroupEvents) break
      events += request.count
      requests++
    }
    this.#waitingEvents -= events
    return this.#waiting.splice(0, requests)
  }
}

interface Group<Request, Result> {
  readonly group: readonly Waiting<Request, Result>[]
  readonly startedAtMs: number
  readonly committed: Promise<GroupOutcome<Result>>
}

function tell<Result>(group: readonly Waiting<unknown, Result>[], outcome: GroupOutcome<Result>): void {
  const told = afterPreparing(outcome)
  for (const [index, { settle }] of group.entries()) {
    settle(told.kind === 'stored' ? { kind: 'stored', result: told.requests[index] as Result } : told)
  }
}

function afterPreparing<Result>(outcome: GroupOutcome<Result>): GroupOutcome<Result> {
  try {
    if (outcome.kind === 'stored') outcome.beforeTelling?.()
    return outcome
  } catch (error) {
    return asUnavailable(error)
  }
}

/** A bug, but not one that may leave requests unanswered. */
function asUnavailable(error: unknown) {
  return { kind: 'unavailable', cause: String(error) } as const
}
