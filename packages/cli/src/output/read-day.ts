import type { LocalDays } from '@mosaicstack/telemetry-importers'

import { CliError } from '../cli-error.ts'

const QUARTER_HOUR_MS = 15 * 60_000
const DAY_MS = 24 * 60 * 60_000
/** No time zone is further from UTC. */
const MAX_OFFSET_MS = 14 * 60 * 60_000

/**
 * When a day begins in the time zone of `days`: `2026-11-21`, or `7d` for the day with which it is seven days, today
 * included.
 *
 * @throws CliError for any other text.
 */
export function readDay(flag: string, text: string, days: LocalDays, nowMs: number): number {
  const [, back] = /^(\d{1,4})d$/.exec(text) ?? []
  if (back !== undefined) {
    const today = Date.parse(days.day(nowMs))
    return startOfDay(isoDay(today - Math.max(0, Number(back) - 1) * DAY_MS), days)
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && isoDay(Date.parse(text)) === text) return startOfDay(text, days)
  throw new CliError(`${flag}: ${JSON.stringify(text)} is not a day`, {
    hint: 'Write it as 2026-11-21, or 7d for the last seven days.',
    exitCode: 2,
  })
}

/** The first moment of a day; days may begin late where clocks are changed at midnight. */
export function startOfDay(day: string, days: LocalDays): number {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  let atMs = midnight - MAX_OFFSET_MS
  while (days.day(atMs) < day) atMs += QUARTER_HOUR_MS
  return atMs
}

/** The first moment of the day after. */
export function endOfDay(startMs: number, days: LocalDays): number {
  return startOfDay(isoDay(Date.parse(days.day(startMs)) + DAY_MS), days)
}

function isoDay(atMs: number): string {
  return Number.isNaN(atMs) ? '' : new Date(atMs).toISOString().slice(0, 10)
}
