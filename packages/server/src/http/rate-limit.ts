import type { FastifyReply } from 'fastify'

import { HttpError } from './error-answer.ts'

/** Callers remembered at once; the longest silent ones are forgotten first, which only ever favours them. */
const MAX_CALLERS = 10_000

/** What one request may do, and what its answer's headers say. */
export type RateVerdict =
  | { readonly kind: 'allowed'; readonly remaining: number; readonly resetMs: number }
  | { readonly kind: 'limited'; readonly retryAfterMs: number; readonly resetMs: number }

/** What a request costs and a minute gives back, in units of which a millisecond gives back `requestsPerMinute`. */
const REQUEST_COST = 60_000

/** What a caller had spent at some moment. */
interface Account {
  readonly debt: number
  readonly atMs: number
}

/**
 * A leaky bucket a caller: no windows to roll, and a caller can spend a minute's worth in a burst. Debts are counted in
 * units that make every number whole, since fractions of a millisecond would let the burst end one request early.
 */
export class RateLimit {
  readonly requestsPerMinute: number
  readonly #nowMs: () => number
  readonly #accounts = new Map<string, Account>()

  constructor(requestsPerMinute: number, nowMs: () => number) {
    this.requestsPerMinute = requestsPerMinute
    this.#nowMs = nowMs
  }

  take(caller: string): RateVerdict {
    const nowMs = this.#nowMs()
    const debt = this.#debtOf(caller, nowMs)
    const left = REQUEST_COST * this.requestsPerMinute - debt
    if (left < REQUEST_COST) {
      this.#remember(caller, { debt, atMs: nowMs })
      return { kind: 'limited', retryAfterMs: this.#msFor(REQUEST_COST - left), resetMs: this.#msFor(debt) }
    }

    const newDebt = debt + REQUEST_COST
    this.#remember(caller, { debt: newDebt, atMs: nowMs })
    const remaining = Math.floor((left - REQUEST_COST) / REQUEST_COST)
    return { kind: 'allowed', remaining, resetMs: this.#msFor(newDebt) }
  }

  #debtOf(caller: string, nowMs: number): number {
    const account = this.#accounts.get(caller)
    if (account === undefined) return 0
    // A clock that was set back pays nothing off, and makes nobody wait longer either.
    const elapsedMs = Math.max(0, nowMs - account.atMs)
    return Math.max(0, account.debt - elapsedMs * this.requestsPerMinute)
  }

  /** How long it takes to pay something off. */
  #msFor(debt: number): number {
    return Math.ceil(debt / this.requestsPerMinute)
  }

  #remember(caller: string, account: Account): void {
    this.#accounts.delete(caller) // so that the map stays in order of last use
    this.#accounts.set(caller, account)
    if (this.#accounts.size <= MAX_CALLERS) return
    for (const longestSilent of this.#accounts.keys()) {
      this.#accounts.delete(longestSilent)
      return
    }
  }
}

/** Counts a request against a limit and says so in its headers; throws 429 beyond it. */
export function enforceRateLimit(limit: RateLimit, caller: string, reply: FastifyReply): void {
  const verdict = limit.take(caller)
  const remaining = verdict.kind === 'allowed' ? verdict.remaining : 0
  const resetSeconds = Math.ceil(verdict.resetMs / 1000)
  void reply.headers({
    'ratelimit-policy': `"default";q=${limit.requestsPerMinute};w=60`,
    ratelimit: `"default";r=${remaining};t=${resetSeconds}`,
    'x-ratelimit-limit': limit.requestsPerMinute,
    'x-ratelimit-remaining': remaining,
  })
  if (verdict.kind === 'allowed') return

  reply.header('retry-after', Math.max(1, Math.ceil(verdict.retryAfterMs / 1000)))
  throw new HttpError({
    code: 'rate_limited',
    message: 'too many requests; try again after the seconds in Retry-After',
  })
}
