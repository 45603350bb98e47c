/**
 * The tokens of one or many requests in disjoint buckets: no token is in two of the first five, and their sum is all
 * that was billed. Agents disagree on what "input" includes; every importer converts to this once, at the door.
 */
export interface TokenCounts {
  /** Input that was neither read from a cache nor written to one. */
  readonly freshInput: number
  readonly cacheRead: number
  /** Written to a cache that lives five minutes, or to one whose life is not said. */
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  /** Billed output, reasoning included. */
  readonly output: number
  /** The part of `output` that was reasoning; 0 where the log does not say. */
  readonly reasoning: number
}

export const NO_TOKENS: TokenCounts = Object.freeze({
  freshInput: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
})

export function addTokens(a: TokenCounts, b: TokenCounts): TokenCounts {
  return {
    freshInput: a.freshInput + b.freshInput,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  }
}

/** What is in `a` and not in `b`, bucket by bucket, never below 0. */
export function tokensBeyond(a: TokenCounts, b: TokenCounts): TokenCounts {
  return {
    freshInput: Math.max(0, a.freshInput - b.freshInput),
    cacheRead: Math.max(0, a.cacheRead - b.cacheRead),
    cacheWrite5m: Math.max(0, a.cacheWrite5m - b.cacheWrite5m),
    cacheWrite1h: Math.max(0, a.cacheWrite1h - b.cacheWrite1h),
    output: Math.max(0, a.output - b.output),
    reasoning: Math.max(0, a.reasoning - b.reasoning),
  }
}

/** Everything the model read: for one request, the size of its context. */
export function allInput(tokens: TokenCounts): number {
  return tokens.freshInput + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h
}

export function isZero(tokens: TokenCounts): boolean {
  return allInput(tokens) + tokens.output === 0
}
