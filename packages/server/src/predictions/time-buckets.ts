import { DAY_MS, DAYS_A_WEEK, firstOfWeek, utcDay } from './utc-day.ts'

/**
 * The spans of time that units are kept by: UTC days for two weeks, then weeks.
 *
 * A bucket is named by its first day, in days since 1970. A week takes over the name of its first day: as soon as a week is closed, none of its days is a
 * bucket any more, so one number suffices.
 *
 * Always true
 * - Which bucket a moment belongs to depends on it and on the clock, on nothing else. So units reach the same buckets
 *   whether they were folded before or after their week was closed.
 * - Only whole weeks are closed, and only where the window is so long that all of a week's days are closed before the
 *   first of them leaves it. A shorter window keeps days.
 */
export class TimeBuckets {
  readonly #windowMs: number
  readonly #keepsWeeks: boolean
  /** Every day before it belongs to a closed week; it divides by seven. Never goes back. */
  #daysFrom = -Infinity

  constructor(windowMs: number) {
    this.#windowMs = windowMs
    this.#keepsWeeks = windowMs >= (DAYS_KEPT + 2 * DAYS_A_WEEK) * DAY_MS
  }

  /**
   * Closes the weeks that are old enough at a moment.
   *
   * @returns the first day that was not in a closed week before; `undefined` where none was closed now.
   */
  closeWeeks(nowMs: number): number | undefined {
    const before = this.#daysFrom
    const daysFrom = firstOfWeek(utcDay(nowMs) - DAYS_KEPT)
    if (!this.#keepsWeeks || daysFrom <= before) return undefined
    this.#daysFrom = daysFrom
    return before
  }

  /** Whether a day belongs to a closed week. */
  isClosed(day: number): boolean {
    return day < this.#daysFrom
  }

  /** The bucket that a day belongs to now. */
  bucketOf(day: number): number {
    return this.isClosed(day) ? firstOfWeek(day) : day
  }

  /** The last millisecond of the bucket that a day belongs to. */
  endOf(day: number): number {
    return (this.bucketOf(day) + (this.isClosed(day) ? DAYS_A_WEEK : 1)) * DAY_MS - 1
  }

  /** Whether the whole bucket of a day lies before the first day of the window. */
  isOver(day: number, nowMs: number): boolean {
    return this.endOf(day) < this.firstDay(nowMs) * DAY_MS
  }

  /** The first day of the window, which lies in it only in part. */
  firstDay(nowMs: number): number {
    return utcDay(nowMs - this.#windowMs)
  }
}

/** Younger days are in no week. */
const DAYS_KEPT = 14
