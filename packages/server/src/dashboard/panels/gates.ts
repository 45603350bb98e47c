import { type GatesAnswer, type GateSums, QualityGate } from '@mosaicstack/telemetry-client/protocol'

import type { RollupSum } from '../../storage/rollup-columns.ts'
import { groupBy, type KeyedSums, noSums, ranked, total } from '../grouping.ts'
import { shareInterval } from '../intervals.ts'
import type { RollupReader, Sums } from '../rollup-reader.ts'
import { bucketOf, bucketsOf, isoDay, rangeOf, type Selection } from '../selection.ts'

const GATES = Object.values(QualityGate)
const SUMS: readonly RollupSum[] = [
  'tasks',
  'tasks_with_gates',
  'gates_passed',
  ...GATES.flatMap((gate) => [`${gate}_run`, `${gate}_failed`]),
]

/** Which quality gates fail, and how often? */
export async function gates(reader: RollupReader, selection: Selection): Promise<GatesAnswer> {
  const { by } = selection
  const [freshness, rows] = await Promise.all([
    reader.freshness(),
    reader.rows(selection, { bucket: bucketOf(selection), by: [by], sums: SUMS }),
  ])
  const all = total(rows, SUMS)
  const buckets = bucketsOf(selection)
  const byBucket = groupBy(rows, SUMS, ({ bucket }) => bucket)
  return {
    range: rangeOf(selection),
    freshness,
    by,
    totals: gateSums(all),
    gates: GATES.map((gate) => {
      const [run, failed] = [all[`${gate}_run`] ?? 0, all[`${gate}_failed`] ?? 0]
      return { gate, run, failed, pass_rate: shareInterval(run - failed, run) }
    }),
    breakdown: ranked(rows, SUMS, ['tasks_with_gates', 'tasks']).map(keyedGateSums),
    buckets: buckets.map(isoDay),
    trend: buckets.map((bucket) => gateSums(byBucket.get(bucket) ?? noSums(SUMS))),
  }
}

function keyedGateSums([key, sums]: KeyedSums): GatesAnswer['breakdown'][number] {
  return { key, ...gateSums(sums) }
}

function gateSums(sums: Sums): GateSums {
  const [withGates, passed] = [sums['tasks_with_gates'] ?? 0, sums['gates_passed'] ?? 0]
  return {
    tasks: sums['tasks'] ?? 0,
    tasks_with_gates: withGates,
    passed,
    pass_rate: shareInterval(passed, withGates),
  }
}
