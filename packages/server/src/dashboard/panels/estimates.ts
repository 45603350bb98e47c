import type { EstimatedMetric, EstimatesAnswer, EstimateSums } from '@mosaicstack/telemetry-client/protocol'

import { RATIO_CLASSES, type RollupSum } from '../../storage/rollup-columns.ts'
import { groupBy, noSums, ranked, total } from '../grouping.ts'
import { ratioBounds, ratioQuantile } from '../ratio-histogram.ts'
import type { RollupReader, Sums } from '../rollup-reader.ts'
import { bucketsOf, isoDay, rangeOf, type Selection } from '../selection.ts'

/** How the rollups call a metric. */
const PREFIXES = {
  input_tokens: 'input',
  output_tokens: 'output',
  cost_usd_micros: 'cost',
} as const satisfies Record<EstimatedMetric, string>
const METRICS = Object.keys(PREFIXES) as EstimatedMetric[]

const SUMS: readonly RollupSum[] = ['tasks', ...METRICS.flatMap(sumNames)]

/** Are our estimates any good? */
export async function estimates(reader: RollupReader, selection: Selection): Promise<EstimatesAnswer> {
  const { by } = selection
  const [freshness, rows] = await Promise.all([
    reader.freshness(),
    reader.rows(selection, { bucket: 'week', by: [by], sums: SUMS }),
  ])
  const all = total(rows, SUMS)
  const weeks = bucketsOf(selection, 'week')
  const byWeek = groupBy(rows, SUMS, ({ bucket }) => bucket)
  return {
    range: rangeOf(selection),
    freshness,
    by,
    histogram_bounds: ratioBounds,
    totals: perMetric((metric) => ({ ...estimateSums(all, metric), histogram: classesOf(all, metric) })),
    breakdown: ranked(rows, SUMS, ['tasks']).map(([key, sums]) => ({
      key,
      tasks: sums['tasks'] ?? 0,
      metrics: perMetric((metric) => estimateSums(sums, metric)),
    })),
    weeks: weeks.map(isoDay),
    trend: perMetric((metric) => weeks.map((week) => estimateSums(byWeek.get(week) ?? noSums(SUMS), metric))),
  }
}

function estimateSums(sums: Sums, metric: EstimatedMetric): EstimateSums {
  const estimated = sums[`${PREFIXES[metric]}_estimated`] ?? 0
  const actual = sums[`${PREFIXES[metric]}_actual`] ?? 0
  const classes = classesOf(sums, metric)
  const tasks = classes.reduce((sum, count) => sum + count, 0)
  return {
    tasks,
    estimated,
    actual,
    correction: tasks === 0 ? null : Math.round((actual / estimated) * 1000) / 1000,
    p10: ratioQuantile(classes, 0.1),
    median: ratioQuantile(classes, 0.5),
    p90: ratioQuantile(classes, 0.9),
  }
}

function classesOf(sums: Sums, metric: EstimatedMetric): readonly number[] {
  return classNames(metric).map((name) => sums[name] ?? 0)
}

function sumNames(metric: EstimatedMetric): readonly string[] {
  const prefix = PREFIXES[metric]
  return [`${prefix}_estimated`, `${prefix}_actual`, ...classNames(metric)]
}

function classNames(metric: EstimatedMetric): readonly string[] {
  return Array.from({ length: RATIO_CLASSES }, (_, index) => `${PREFIXES[metric]}_ratio_${index}`)
}

function perMetric<Value>(
  valueOf: (metric: EstimatedMetric) => Value,
): Readonly<Record<EstimatedMetric, Value>> {
  return {
    input_tokens: valueOf('input_tokens'),
    output_tokens: valueOf('output_tokens'),
    cost_usd_micros: valueOf('cost_usd_micros'),
  }
}
