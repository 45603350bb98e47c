import type { DashboardDimension } from '@mosaicstack/telemetry-client/protocol'

import { addDays, type Day, isDay } from './days.ts'

/** In the order in which the page offers them. */
export const dimensions: readonly DashboardDimension[] = [
  'model',
  'harness',
  'task_type',
  'complexity',
  'provider',
]

/** Which days: some presets that move along with today, or two fixed days. */
export type Period =
  /** Nobody chose: the last 30 days, or all where those are empty. */
  | { readonly kind: 'default' }
  | { readonly kind: 'last'; readonly days: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'between'; readonly from: Day; readonly to: Day }

export const presetDays: readonly number[] = [7, 30, 90, 365]

/** What the panels about tasks are narrowed to. */
export interface Filters {
  readonly period: Period
  /** Values that are let through; a dimension without any lets all through. */
  readonly values: Readonly<Record<DashboardDimension, readonly string[]>>
  readonly by: DashboardDimension
}

/** What the server has, as far as the page knows it already. */
export interface KnownDays {
  readonly first: Day | null
  readonly last: Day | null
}

/** Reads the filters of a page's address. What cannot be read is left out, so an old link shows something. */
export function readFilters(query: URLSearchParams): Filters {
  const by = query.get('by')
  return {
    period: readPeriod(query),
    values: {
      model: query.getAll('model'),
      harness: query.getAll('harness'),
      task_type: query.getAll('task_type'),
      complexity: query.getAll('complexity'),
      provider: query.getAll('provider'),
    },
    by: dimensions.find((dimension) => dimension === by) ?? 'model',
  }
}

function readPeriod(query: URLSearchParams): Period {
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? '']
  if (isDay(from) && isDay(to) && from <= to) return { kind: 'between', from, to }
  const period = query.get('period')
  if (period === 'all') return { kind: 'all' }
  const days = presetDays.find((preset) => period === `${preset}d`)
  return days === undefined ? { kind: 'default' } : { kind: 'last', days }
}

/** The part of the page's address that says the filters: what nobody chose is not in it. */
export function writeFilters({ period, values, by }: Filters): URLSearchParams {
  const query = new URLSearchParams()
  if (period.kind === 'all') query.set('period', 'all')
  if (period.kind === 'last') query.set('period', `${period.days}d`)
  if (period.kind === 'between') {
    query.set('from', period.from)
    query.set('to', period.to)
  }
  appendValues(query, values)
  if (by !== 'model') query.set('by', by)
  return query
}

/** The query of the server's endpoints. */
export function askedFilters({ period, values, by }: Filters, today: Day, known: KnownDays): URLSearchParams {
  const { from, to } = daysOf(period, today, known)
  const query = new URLSearchParams({ from, to })
  appendValues(query, values)
  query.set('by', by)
  return query
}

function appendValues(query: URLSearchParams, values: Filters['values']): void {
  for (const dimension of dimensions) {
    for (const value of values[dimension]) query.append(dimension, value)
  }
}

/** The most that the server answers for at once. */
const MAX_DAYS = 3700

/** First and last day of a period, both included. */
export function daysOf(
  period: Period,
  today: Day,
  known: KnownDays,
): { readonly from: Day; readonly to: Day } {
  switch (period.kind) {
    case 'between':
      return { from: latest(period.from, addDays(period.to, 1 - MAX_DAYS)), to: period.to }
    case 'last':
      return { from: addDays(today, 1 - period.days), to: today }
    case 'all':
      return allDays(today, known)
    case 'default': {
      const from = addDays(today, -29)
      const isLongAgo = known.last !== null && known.last < from
      return isLongAgo ? allDays(today, known) : { from, to: today }
    }
  }
}

function allDays(today: Day, { first, last }: KnownDays) {
  const to = last ?? today
  return { from: latest(first ?? addDays(today, -29), addDays(to, 1 - MAX_DAYS)), to }
}

function latest(a: Day, b: Day): Day {
  return a > b ? a : b
}

/** How many values are chosen over all dimensions. */
export function chosenCount({ values }: Filters): number {
  return dimensions.reduce((sum, dimension) => sum + values[dimension].length, 0)
}

export const noValues: Filters['values'] = {
  model: [],
  harness: [],
  task_type: [],
  complexity: [],
  provider: [],
}
