import type { TimeBuckets } from './time-buckets.ts'
import type { UnitTable } from './unit-table.ts'
import { firstOfWeek } from './utc-day.ts'

/** How many units are looked at before the time is. */
const UNITS_A_LOOK = 128

/**
 * Brings the units of closed weeks together, a few at a time: one walk over all units, in which each day's is moved into
 * its week's.
 */
export class WeekMerger {
  readonly #table: UnitTable
  readonly #buckets: TimeBuckets
  /** Puts one unit of a closed week where it belongs. */
  readonly #put: (unit: number) => void
  /** Days from here on may still have units of their own; Infinity where none is left to do. */
  #openFromDay = Infinity
  #nextUnit = 0

  constructor(table: UnitTable, buckets: TimeBuckets, put: (unit: number) => void) {
    this.#table = table
    this.#buckets = buckets
    this.#put = put
  }

  /** Notes that units from a day on may lie in a week that is closed. */
  noteFrom(day: number): void {
    this.#openFromDay = Math.min(this.#openFromDay, firstOfWeek(day))
    this.#nextUnit = 0
  }

  /** Whether units of a day, or of days before it, may not be in their week yet. */
  isOpen(day: number): boolean {
    return this.#openFromDay <= day
  }

  /** Goes on until all is done or the time is spent. Returns whether all is done. */
  work(isSpent: () => boolean = () => false): boolean {
    if (this.#openFromDay === Infinity) return true
    for (let looked = 0; this.#nextUnit < this.#table.records.end; looked++) {
      if (looked % UNITS_A_LOOK === UNITS_A_LOOK - 1 && isSpent()) return false
      const unit = this.#nextUnit++
      if (this.#table.isOpen(unit) && this.#buckets.isClosed(this.#table.bucketOf(unit))) this.#put(unit)
    }
    this.#openFromDay = Infinity
    this.#nextUnit = 0
    return true
  }
}
