import type { DashboardDimension, DashboardRange } from '@mosaicstack/telemetry-client/protocol'

import { DAY_MS, utcDay } from '../predictions/utc-day.ts'
import { mondayOf } from '../storage/rollup-query.ts'

export const DIMENSIONS = [
  'model',
  'provider',
  'harness',
  'task_type',
  'complexity',
] as const satisfies readonly DashboardDimension[]

/** Which tasks a panel shows. */
export interface Selection {
  /** UTC days since 1970, both included. */
  readonly fromDay: number
  readonly toDay: number
  readonly by: DashboardDimension
  /** Only tasks with one of these values. */
  readonly only: Readonly<Partial<Record<DashboardDimension, readonly string[]>>>
}

export interface SelectionProblem {
  readonly path: string
  readonly message: string
}

export type ReadSelection =
  | { readonly ok: true; readonly selection: Selection }
  | { readonly ok: false; readonly problems: readonly SelectionProblem[] }

/** Days of a range in which every day is a bucket of its own. */
const MAX_DAILY_DAYS = 92
const MAX_DAYS = 3700
const DEFAULT_DAYS = 30

/** Reads the query string of a panel. An empty parameter reads as absent. */
export function readSelection(parameters: Readonly<Record<string, unknown>>, nowMs: number): ReadSelection {
  const problems: SelectionProblem[] = []
  const day = (path: string) => {
    const text = textsOf(parameters[path]).at(-1)
    if (text === undefined) return undefined
    const read = readDay(text)
    if (read === undefined) problems.push({ path, message: 'must be a day, such as 2026-01-31' })
    return read
  }
  const toDay = day('to') ?? utcDay(nowMs)
  const fromDay = day('from') ?? toDay - DEFAULT_DAYS + 1
  if (fromDay > toDay) problems.push({ path: 'from', message: 'must not be after to' })
  if (toDay - fromDay >= MAX_DAYS) problems.push({ path: 'from', message: `allows ${MAX_DAYS} days at most` })

  const by = textsOf(parameters['by']).at(-1) ?? 'model'
  const dimension = DIMENSIONS.find((each) => each === by)
  if (dimension === undefined)
    problems.push({ path: 'by', message: `must be one of ${DIMENSIONS.join(', ')}` })
  if (problems.length > 0) return { ok: false, problems }

  const only = DIMENSIONS.map((each) => [each, textsOf(parameters[each])] as const)
  return {
    ok: true,
    selection: {
      fromDay,
      toDay,
      by: dimension ?? 'model',
      only: Object.fromEntries(only.filter(([, values]) => values.length > 0)),
    },
  }
}

/** First days of the buckets, without gaps. */
export function bucketsOf(
  { fromDay, toDay }: Selection,
  bucket = bucketOf({ fromDay, toDay }),
): readonly number[] {
  const step = bucket === 'day' ? 1 : 7
  const first = bucket === 'day' ? fromDay : mondayOf(fromDay)
  return Array.from({ length: Math.floor((toDay - first) / step) + 1 }, (_, index) => first + index * step)
}

export function bucketOf({ fromDay, toDay }: Pick<Selection, 'fromDay' | 'toDay'>): 'day' | 'week' {
  return toDay - fromDay < MAX_DAILY_DAYS ? 'day' : 'week'
}

export function rangeOf(selection: Selection): DashboardRange {
  return {
    from: isoDay(selection.fromDay),
    to: isoDay(selection.toDay),
    bucket: bucketOf(selection),
  }
}

/** The same number of days just before. */
export function daysBefore(selection: Selection): Selection {
  const days = selection.toDay - selection.fromDay + 1
  return { ...selection, fromDay: selection.fromDay - days, toDay: selection.fromDay - 1 }
}

/** `YYYY-MM-DD` of a UTC day since 1970. */
export function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

function readDay(text: string): number | undefined {
  const timeMs = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // 30 February reads as 2 March.
  return Number.isNaN(timeMs) || isoDay(utcDay(timeMs)) !== text ? undefined : utcDay(timeMs)
}

function textsOf(given: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(given) ? given : [given]
  return values.filter((value): value is string => typeof value === 'string' && value !== '')
}
