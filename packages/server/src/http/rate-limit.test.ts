import fc from 'fast-check'
import { expect, it } from 'vitest'

import { RateLimit } from './rate-limit.ts'

it("lets a caller spend exactly a minute's worth in a burst, whatever the limit and the clock", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 0, max: 2 ** 42 }),
      (requestsPerMinute, nowMs) => {
        const limit = new RateLimit(requestsPerMinute, () => nowMs)

        const remaining = Array.from({ length: requestsPerMinute }, () => remainingAfter(limit, 'a'))

        expect(remaining).toEqual(remaining.map((_, index) => requestsPerMinute - 1 - index))
        expect(limit.take('a').kind).toBe('limited')
      },
    ),
    { examples: [[7, Date.UTC(2026, 10, 21)]] },
  )
})

it('says how long to wait, and lets the caller through after just that', () => {
  const clock = { nowMs: 1000 }
  const limit = new RateLimit(7, () => clock.nowMs)
  for (let request = 0; request < 7; request++) limit.take('a')

  const refused = limit.take('a')
  const waitMs = refused.kind === 'limited' ? Math.ceil(refused.retryAfterMs) : 0
  clock.nowMs += waitMs - 1
  const tooEarly = limit.take('a')
  clock.nowMs += 1
  const inTime = limit.take('a')

  expect(waitMs).toBe(8572)
  expect([tooEarly.kind, inTime.kind]).toEqual(['limited', 'allowed'])
})

it('gives back a request at a time, and the whole burst after a silent minute', () => {
  const clock = { nowMs: 0 }
  const limit = new RateLimit(60, () => clock.nowMs)
  for (let request = 0; request < 60; request++) limit.take('a')

  clock.nowMs = 1000
  const afterASecond = [limit.take('a').kind, limit.take('a').kind]
  clock.nowMs = 61_000
  const afterAMinute = remainingAfter(limit, 'a')

  expect(afterASecond).toEqual(['allowed', 'limited'])
  expect(afterAMinute).toBe(59)
})

it('counts callers apart', () => {
  const limit = new RateLimit(1, () => 0)
  limit.take('a')

  expect([limit.take('a').kind, limit.take('b').kind]).toEqual(['limited', 'allowed'])
})

it('remembers a bounded number of callers and forgets the longest silent first', () => {
  const limit = new RateLimit(1, () => 0)
  limit.take('first')
  limit.take('second')
  for (let caller = 0; caller < 9_999; caller++) limit.take(`other ${caller}`)

  expect([limit.take('second').kind, limit.take('first').kind]).toEqual(['limited', 'allowed'])
})

it('lets nobody wait longer because the clock was set back', () => {
  const clock = { nowMs: 10 ** 9 }
  const limit = new RateLimit(1, () => clock.nowMs)
  limit.take('a')

  clock.nowMs = 0
  const verdict = limit.take('a')

  expect(verdict).toMatchObject({ kind: 'limited' })
  expect(verdict.kind === 'limited' && verdict.retryAfterMs).toBeLessThanOrEqual(60_000)
})

function remainingAfter(limit: RateLimit, caller: string): number {
  const verdict = limit.take(caller)
  return verdict.kind === 'allowed' ? verdict.remaining : -1
}
