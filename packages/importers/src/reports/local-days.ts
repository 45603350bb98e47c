/**
 * The days of a time zone. Offsets everywhere are multiples of a quarter of an hour, so times are asked for by quarter
 * hours, and the slow calendar of the runtime once for each.
 */
export const QUARTER_HOUR_MS = 15 * 60_000

export interface LocalDays {
  /** `2026-11-21`. */
  day(atMs: number): string
  /** The Monday of its week. */
  week(atMs: number): string
  /** `2026-11`. */
  month(atMs: number): string
}

/** @throws RangeError for a time zone that the runtime does not know. */
export function localDays(timeZone: string): LocalDays {
  // The Swedish calendar writes ISO dates.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' })
  const known = new Map<number, string>()
  const day = (atMs: number): string => {
    const quarter = Math.floor(atMs / QUARTER_HOUR_MS)
    const found = known.get(quarter) ?? format.format(quarter * QUARTER_HOUR_MS)
    known.set(quarter, found)
    return found
  }
  return {
    day,
    week: (atMs) => mondayOf(day(atMs)),
    month: (atMs) => day(atMs).slice(0, 7),
  }
}

const DAY_MS = 86_400_000

function mondayOf(day: string): string {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  const daysSinceMonday = (new Date(midnight).getUTCDay() + 6) % 7
  return new Date(midnight - daysSinceMonday * DAY_MS).toISOString().slice(0, 10)
}
