const DAY_MS = 86_400_000

/** A day, `YYYY-MM-DD`, as everything on the wire names it: UTC. */
export type Day = string

export function dayOf(timeMs: number): Day {
  return new Date(timeMs).toISOString().slice(0, 10)
}

/** Moves a day by a number of days, which may be negative. */
export function addDays(day: Day, days: number): Day {
  return dayOf(Date.parse(day) + days * DAY_MS)
}

/** Whether a text is a day there is: 2026-02-30 is none. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const timeMs = Date.parse(text)
  return !Number.isNaN(timeMs) && dayOf(timeMs) === text
}
