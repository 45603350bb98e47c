import type { SpendAnswer, TaskSums } from '@mosaicstack/telemetry-client/protocol'

import type { RollupSum } from '../../storage/rollup-columns.ts'
import { groupBy, type KeyedSums, ranked, total } from '../grouping.ts'
import type { RollupReader, SummedRow, Sums } from '../rollup-reader.ts'
import { bucketOf, bucketsOf, daysBefore, isoDay, rangeOf, type Selection } from '../selection.ts'

/** Keys with a line of their own. */
const MAX_SERIES = 8

const TASK_SUMS: readonly RollupSum[] = [
  'tasks',
  'successes',
  'tasks_with_cost',
  'cost_usd_micros',
  'cost_of_successes',
  'input_tokens',
  'output_tokens',
  'duration_ms',
  'retries',
]

/** What did we spend, on what, and how is that moving? */
export async function spend(reader: RollupReader, selection: Selection): Promise<SpendAnswer> {
  const { by } = selection
  const [freshness, rows, before] = await Promise.all([
    reader.freshness(),
    reader.rows(selection, { bucket: bucketOf(selection), by: [by], sums: TASK_SUMS }),
    reader.rows(daysBefore(selection), { by: [], sums: TASK_SUMS }),
  ])
  const buckets = bucketsOf(selection)
  const breakdown = ranked(rows, TASK_SUMS, ['cost_usd_micros', 'tasks'])
  return {
    range: rangeOf(selection),
    freshness,
    by,
    totals: taskSums(total(rows, TASK_SUMS)),
    previous: taskSums(total(before, TASK_SUMS)),
    buckets: buckets.map(isoDay),
    series: seriesOf(rows, buckets),
    breakdown: breakdown.map(keyedTaskSums),
  }
}

function seriesOf(rows: readonly SummedRow[], buckets: readonly number[]): SpendAnswer['series'] {
  const first = ranked(rows, TASK_SUMS, ['cost_usd_micros', 'tasks'], MAX_SERIES)
  const named = new Set(first.map(([key]) => key))
  return first.map(([key]) => {
    const own = rows.filter(({ keys: [rowKey = ''] }) => (key === null ? !named.has(rowKey) : rowKey === key))
    const byBucket = groupBy(own, ['cost_usd_micros', 'tasks'], ({ bucket }) => bucket)
    const values = (name: RollupSum) => buckets.map((bucket) => byBucket.get(bucket)?.[name] ?? 0)
    return { key, cost_usd_micros: values('cost_usd_micros'), tasks: values('tasks') }
  })
}

function keyedTaskSums([key, sums]: KeyedSums): SpendAnswer['breakdown'][number] {
  return { key, ...taskSums(sums) }
}

function taskSums(sums: Sums): TaskSums {
  const of = (name: RollupSum) => sums[name] ?? 0
  return {
    tasks: of('tasks'),
    successes: of('successes'),
    tasks_without_cost: of('tasks') - of('tasks_with_cost'),
    cost_usd_micros: of('cost_usd_micros'),
    cost_of_successes_usd_micros: of('cost_of_successes'),
    input_tokens: of('input_tokens'),
    output_tokens: of('output_tokens'),
    duration_ms: of('duration_ms'),
    retries: of('retries'),
  }
}
