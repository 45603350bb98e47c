import type { PredictionData, PredictionResponse } from '@mosaicstack/telemetry-client'

import { tokens, usd } from '../output/format.ts'
import { table } from '../output/table.ts'
import type { TaskRecord } from './task-records.ts'

/** A task that the server has not seen, and what it had said of such tasks. */
export interface Comparison {
  readonly event: TaskRecord['event']
  readonly prediction: PredictionResponse
}

/** A few tasks one by one, evenly spread over time: what was predicted, what it really took. */
export function comparisonTable(comparisons: readonly Comparison[], rows: number): string {
  const step = Math.max(1, Math.floor(comparisons.length / rows))
  const shown = comparisons.filter((_, index) => index % step === 0).slice(0, rows)
  return table<Comparison>(
    [
      { title: 'TASK', value: ({ event }) => `${event.task_type}, ${event.complexity}` },
      { title: 'MODEL', value: ({ event }) => event.model.replace(/^claude-|-\d{8}$/g, '') },
      { title: 'INPUT TOKENS', align: 'right', value: (row) => rangeOf(data(row)?.input_tokens) },
      { title: 'REALLY', align: 'right', value: ({ event }) => tokens(event.actual_input_tokens) },
      { title: 'COST', align: 'right', value: (row) => money(data(row)?.cost_usd_micros.median) },
      { title: 'REALLY', align: 'right', value: ({ event }) => usd(event.actual_cost_usd_micros) },
    ],
    shown,
  )
}

/** How often the ranges held: 80 % of the tasks belong between p10 and p90, half below the median. */
export function comparisonSummary(comparisons: readonly Comparison[]) {
  const share = (isSo: (event: Comparison['event'], prediction: PredictionData) => boolean) => {
    const known = comparisons.flatMap((row) => {
      const prediction = data(row)
      return prediction === null ? [] : [isSo(row.event, prediction)]
    })
    return known.filter(Boolean).length / known.length
  }
  return {
    tasks: comparisons.length,
    inputInRange: share(({ actual_input_tokens: n }, { input_tokens: r }) => r.p10 <= n && n <= r.p90),
    outputInRange: share(({ actual_output_tokens: n }, { output_tokens: r }) => r.p10 <= n && n <= r.p90),
    costBelowMedian: share(
      (event, prediction) => event.actual_cost_usd_micros <= prediction.cost_usd_micros.median,
    ),
    exactMatches: comparisons.filter((row) => row.prediction.metadata.fallback_level === 0).length,
  }
}

function data(comparison: Comparison): PredictionData | null {
  return comparison.prediction.prediction
}

function rangeOf(range: { readonly p10: number; readonly p90: number } | undefined): string {
  return range === undefined ? 'unknown' : `${tokens(range.p10)} – ${tokens(range.p90)}`
}

function money(micros: number | undefined): string {
  return micros === undefined ? 'unknown' : usd(micros)
}
