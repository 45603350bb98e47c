/** What a status means for the batch that got it. */
export type StatusMeaning = 'taken' | 'try_again' | 'denied' | 'at_fault'

const TRY_AGAIN: ReadonlySet<number> = new Set([408, 425, 429])
const AT_FAULT: ReadonlySet<number> = new Set([400, 413, 422])

/**
 * Whatever is not listed (401, 403, 404, redirects, an unknown 4xx) is about how this client is set up, not about the
 * batch: it is reported and the events wait, because dropping them would punish data for a configuration error.
 */
export function meaningOf(status: number): StatusMeaning {
  if (status >= 200 && status < 300) return 'taken'
  if (status >= 500 || TRY_AGAIN.has(status)) return 'try_again'
  return AT_FAULT.has(status) ? 'at_fault' : 'denied'
}

/** A server's typing error must not silence a client for a year. */
export const MAX_RETRY_AFTER_MS = 3_600_000

/** Reads `Retry-After` of a 429 or 503: whole seconds or an HTTP date, at most an hour. */
export function retryAfterMs(status: number, header: string | null, nowMs: number): number | undefined {
  if (header === null || (status !== 429 && status !== 503)) return undefined

  const text = header.trim()
  const delayMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(delayMs, 0), MAX_RETRY_AFTER_MS)
}
