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
  /** Groups under way at once: 2 keep one writer from waiting for the next one, more are for a store across a network. */
  readonly groupsAtOnce?: number
  /** Events that must wait before another group goes beside one under way: a small one is not worth its own sync. */
  readonly furtherGroupEvents?: number
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
 * that takes several groups at once gets a further one as soon as enough waits.
 */
export class GroupCommit<Request extends { readonly count: number }, Result> {
  readonly #commitTogether: (requests: readonly Request[]) => Promise<GroupOutcome<Result>>
  readonly #options: GroupCommitOptions
  readonly #elapsedMs: () => number
  readonly #waiting: Waiting<Request, Result>[] = []
  #waitingEvents = 0
  /** What a transaction takes, as the last few did. */
  #commitMs = 0
  #groupsUnderWay = 0
  /** Whether the next look at what waits is on its way. */
  #isLooking = false
  /** Who waits until nothing waits and nothing is under way. */
  #onDrained: (() => void)[] = []

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
      this.#lookSoon()
    })
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    if (this.#waiting.length === 0 && this.#groupsUnderWay === 0) return
    await new Promise<void>((resolve) => this.#onDrained.push(resolve))
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

  /** Requests that are parsed in the same turn of the event loop go together. */
  #lookSoon(): void {
    if (this.#isLooking || !this.#mayStart()) return
    this.#isLooking = true
    queueMicrotask(() => {
      this.#isLooking = false
      this.#startGroups()
    })
  }

  #mayStart(): boolean {
    const { groupsAtOnce = 1, furtherGroupEvents = 1 } = this.#options
    if (this.#waiting.length === 0 || this.#groupsUnderWay >= groupsAtOnce) return false
    return this.#groupsUnderWay === 0 || this.#waitingEvents >= furtherGroupEvents
  }

  #startGroups(): void {
    while (this.#mayStart()) void this.#commitGroup(this.#takeGroup())
  }

  async #commitGroup(group: readonly Waiting<Request, Result>[]): Promise<void> {
    this.#groupsUnderWay++
    const startedAtMs = this.#elapsedMs()
    const outcome = await this.#commitTogether(group.map(({ request }) => request)).catch(asUnavailable)
    this.#commitMs += (this.#elapsedMs() - startedAtMs - this.#commitMs) * NEWEST_WEIGHT
    this.#groupsUnderWay--
    this.#startGroups() // first, so that the store is not idle while these are told
    tell(group, outcome)
    if (this.#waiting.length > 0 || this.#groupsUnderWay > 0) return
    for (const resolve of this.#onDrained.splice(0)) resolve()
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
