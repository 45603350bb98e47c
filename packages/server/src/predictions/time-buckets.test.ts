import { expect, it } from 'vitest'
import { DAY_MS, firstOfWeek } from './utc-day.ts'
import { TimeBuckets } from './time-buckets.ts'

const WINDOW_MS = 90 * DAY_MS
/** The first day of a week. */
const WEEK = 20_776

it('keeps days until all seven of a week are older than two weeks', () => {
  const buckets = new TimeBuckets(WINDOW_MS)

  const bucketOfThirdDay = [20, 21].map((day) => {
    buckets.closeWeeks((WEEK + day) * DAY_MS)
    return buckets.bucketOf(WEEK + 2)
  })

  expect(bucketOfThirdDay).toEqual([WEEK + 2, WEEK])
})

it('says which days were closed now, and never opens a week again', () => {
  const buckets = new TimeBuckets(WINDOW_MS)

  const closed = [21, 21.9, 28, 3].map((day) => buckets.closeWeeks((WEEK + day) * DAY_MS))

  expect(closed).toEqual([-Infinity, undefined, WEEK + 7, undefined])
  expect(buckets.isClosed(WEEK + 13)).toBe(true)
  expect(buckets.isClosed(WEEK + 14)).toBe(false)
})

it('lets a week leave the window as a whole, at the end of its last day', () => {
  const buckets = new TimeBuckets(WINDOW_MS)
  const weekEndMs = (WEEK + 7) * DAY_MS - 1
  buckets.closeWeeks(weekEndMs + WINDOW_MS)

  expect(buckets.endOf(WEEK + 3)).toBe(weekEndMs)
  expect(buckets.isOver(WEEK, weekEndMs + WINDOW_MS)).toBe(false)
  expect(buckets.isOver(WEEK, weekEndMs + 1 + WINDOW_MS)).toBe(true)
})

it('keeps nothing but days where the window is shorter than four weeks', () => {
  const buckets = new TimeBuckets(27 * DAY_MS)

  buckets.closeWeeks((WEEK + 100) * DAY_MS)

  expect(buckets.bucketOf(WEEK + 2)).toBe(WEEK + 2)
  expect(buckets.endOf(WEEK + 2)).toBe((WEEK + 3) * DAY_MS - 1)
})

it('begins weeks on days that divide by seven', () => {
  expect([0, 6, 7, WEEK, WEEK + 6].map(firstOfWeek)).toEqual([0, 0, 7, WEEK, WEEK])
})
