/** Wrong tokens from one address within a minute, and from all addresses together. */
const MAX_WRONG = 10
const MAX_WRONG_OF_ALL = 200
const MINUTE_MS = 60_000
/** Addresses remembered at once. */
const MAX_ADDRESSES = 10_000

const EVERYBODY = 'everybody'

interface Wrong {
  readonly sinceMs: number
  readonly count: number
}

/** Makes guessing a token hopeless: after ten wrong ones an address waits for the rest of its minute. */
export class LoginAttempts {
  readonly #wrong = new Map<string, Wrong>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** @returns how long to wait before the next attempt; 0 for not at all. */
  waitMs(address: string): number {
    const waitOf = (who: string, max: number) => {
      const { count, sinceMs } = this.#of(who)
      return count < max ? 0 : sinceMs + MINUTE_MS - this.#nowMs()
    }
    return Math.max(waitOf(address, MAX_WRONG), waitOf(EVERYBODY, MAX_WRONG_OF_ALL))
  }

  noteWrong(address: string): void {
    for (const who of [address, EVERYBODY]) {
      const { count, sinceMs } = this.#of(who)
      this.#wrong.delete(who) // so that the map stays in order of last use
      this.#wrong.set(who, { count: count + 1, sinceMs })
    }
    for (const who of this.#wrong.keys()) {
      if (this.#wrong.size <= MAX_ADDRESSES) return
      this.#wrong.delete(who)
    }
  }

  #of(who: string): Wrong {
    const nowMs = this.#nowMs()
    const wrong = this.#wrong.get(who)
    // A clock that was set back begins a new minute.
    const isOfThisMinute = wrong !== undefined && wrong.sinceMs <= nowMs && nowMs < wrong.sinceMs + MINUTE_MS
    return isOfThisMinute ? wrong : { sinceMs: nowMs, count: 0 }
  }
}
