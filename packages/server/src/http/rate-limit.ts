import type { FastifyReply } from 'fastify'

import { HttpError } from './error-answer.ts'

/** Callers remembered at once; the longest silent ones are forgotten first, which only ever favours them. */
const MAX_CALLERS = 10_000

/** What one request may do, and what its answer's headers say. */
export type RateVerdict =
  | { readonly kind: 'allowed'; readonly remaining: number; readonly resetMs: number }
  | { readonly kind: 'limited'; readonly retryAfterMs: number; readonly resetMs: number }

/**
 * A rate limit after GCRA: one number a caller (the time at which all it has asked for is paid off), no windows to
 * roll, and a caller can spend a minute's worth in a burst.
 */
export class RateLimit {
  readonly requestsPerMinute: number
  readonly #nowMs: () => number
  readonly #paidOffAtMs = new Map<string, number>()

  constructor(requestsPerMinute: number, nowMs: () => number) {
    this.requestsPerMinute = requestsPerMinute
    this.#nowMs = nowMs
  }

  take(caller: string): RateVerdict {
    const nowMs = this.#nowMs()
    const costMs = 60_000 / this.requestsPerMinute
    const paidOffAtMs = Math.max(nowMs, this.#paidOffAtMs.get(caller) ?? 0) + costMs
    const debtMs = paidOffAtMs - nowMs
    if (debtMs > 60_000) {
      return { kind: 'limited', retryAfterMs: debtMs - 60_000, resetMs: debtMs - costMs }
    }

    this.#remember(caller, paidOffAtMs)
    return { kind: 'allowed', remaining: Math.floor((60_000 - debtMs) / costMs), resetMs: debtMs }
  }

  #remember(caller: string, paidOffAtMs: number): void {
    this.#paidOffAtMs.delete(caller) // so that the map stays in order of last use
    this.#paidOffAtMs.set(caller, paidOffAtMs)
    if (this.#paidOffAtMs.size <= MAX_CALLERS) return
    for (const longestSilent of this.#paidOffAtMs.keys()) {
      this.#paidOffAtMs.delete(longestSilent)
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
