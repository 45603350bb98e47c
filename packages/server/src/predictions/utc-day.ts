export const DAY_MS = 86_400_000
export const DAYS_A_WEEK = 7

/** The UTC day of a moment, in days since 1970. */
export function utcDay(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS)
}

/** The first day of the week of a day. Weeks are seven days from one that divides by seven on: they begin on Thursdays. */
export function firstOfWeek(day: number): number {
  return Math.floor(day / DAYS_A_WEEK) * DAYS_A_WEEK
}
