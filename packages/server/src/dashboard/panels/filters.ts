import type { DashboardDimension, FiltersAnswer } from '@mosaicstack/telemetry-client/protocol'

import { ranked } from '../grouping.ts'
import { ALL_DAYS, type RollupReader } from '../rollup-reader.ts'
import { DIMENSIONS, isoDay } from '../selection.ts'

const MAX_VALUES = 500

/** What is there to choose from? */
export async function filters(reader: RollupReader): Promise<FiltersAnswer> {
  const everything = { ...ALL_DAYS, only: {} }
  const [freshness, days, ...ofDimensions] = await Promise.all([
    reader.freshness(),
    daysWithTasks(reader),
    ...DIMENSIONS.map((dimension) => reader.rows(everything, { by: [dimension], sums: ['tasks'] })),
  ])
  const [first, last] = days
  const values = DIMENSIONS.map(
    (dimension, index): [DashboardDimension, FiltersAnswer['values']['model']] => [
      dimension,
      ranked(ofDimensions[index] ?? [], ['tasks'], ['tasks'], MAX_VALUES).flatMap(([value, sums]) =>
        value === null ? [] : [{ value, tasks: sums['tasks'] ?? 0 }],
      ),
    ],
  )
  return {
    freshness,
    first_day: first === undefined ? null : isoDay(first),
    last_day: last === undefined ? null : isoDay(last),
    values: Object.fromEntries(values) as FiltersAnswer['values'],
  }
}

/** First and last day. The weeks lead to them, so that not every day is read. */
async function daysWithTasks(reader: RollupReader): Promise<readonly [first?: number, last?: number]> {
  const weeks = await bucketsWithTasks(reader, 'week', ALL_DAYS)
  const [first, last] = [weeks.at(0), weeks.at(-1)]
  if (first === undefined || last === undefined) return []
  const [ofFirst, ofLast] = await Promise.all([
    bucketsWithTasks(reader, 'day', { fromDay: first, toDay: first + 6 }),
    bucketsWithTasks(reader, 'day', { fromDay: last, toDay: last + 6 }),
  ])
  return [ofFirst.at(0) ?? first, ofLast.at(-1) ?? last]
}

async function bucketsWithTasks(
  reader: RollupReader,
  bucket: 'day' | 'week',
  days: { readonly fromDay: number; readonly toDay: number },
): Promise<readonly number[]> {
  const rows = await reader.rows({ ...days, only: {} }, { bucket, by: [], sums: ['tasks'] })
  return rows.map((row) => row.bucket).sort((a, b) => a - b)
}
