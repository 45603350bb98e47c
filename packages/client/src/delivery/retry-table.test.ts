import { describe, expect, it } from 'vitest'

import { MAX_RETRY_AFTER_MS, meaningOf, retryAfterMs } from './retry-table.ts'

describe('meaningOf', () => {
  it.each([
    ['taken', [200, 202]],
    ['try_again', [408, 425, 429, 500, 502, 503, 504, 599]],
    ['at_fault', [400, 413, 422]],
    ['denied', [0, 301, 307, 401, 403, 404, 405, 410, 415, 451]],
  ] as const)('reads %s', (meaning, statuses) => {
    const meanings = statuses.map((status) => meaningOf(status))

    expect(meanings).toEqual(statuses.map(() => meaning))
  })
})

describe('retryAfterMs', () => {
  const now = Date.UTC(2026, 0, 1)

  it('reads seconds and dates', () => {
    expect(retryAfterMs(429, '7', now)).toBe(7000)
    expect(retryAfterMs(503, 'Thu, 01 Jan 2026 00:02:00 GMT', now)).toBe(120_000)
  })

  it('takes a date in the past for now, and a year for an hour', () => {
    expect(retryAfterMs(503, 'Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0)
    expect(retryAfterMs(429, '31536000', now)).toBe(MAX_RETRY_AFTER_MS)
  })

  it('ignores what it cannot read, and other statuses', () => {
    expect(retryAfterMs(429, 'soon', now)).toBeUndefined()
    expect(retryAfterMs(429, null, now)).toBeUndefined()
    expect(retryAfterMs(500, '7', now)).toBeUndefined()
  })
})
