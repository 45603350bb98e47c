import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'

import type { RollupQuery } from '../storage/rollup-store.ts'

const DAY_MS = 86_400_000

/** An event and when it arrived. */
export interface ArrivedEvent {
  readonly event: TaskCompletionEvent
  readonly receivedAtMs: number
}

/** What rollups say of events, found from the events themselves by the shortest way, which shares nothing with the SQL. */
export function slowSums(
  events: readonly ArrivedEvent[],
  { fromDay, toDay, by }: Pick<RollupQuery, 'fromDay' | 'toDay' | 'by'>,
): ReadonlyMap<string, Readonly<Record<string, number>>> {
  const sums = new Map<string, Record<string, number>>()
  for (const arrived of events) {
    const day = dayOf(arrived)
    if (day < fromDay || day > toDay) continue
    const monday = day - ((new Date(day * DAY_MS).getUTCDay() + 6) % 7)
    const { event } = arrived
    const key = by.map((each) => (each === 'day' ? day : each === 'week' ? monday : event[each])).join('|')
    const sum = sums.get(key) ?? {}
    for (const [name, value] of Object.entries(measuresOf(event))) sum[name] = (sum[name] ?? 0) + value
    sums.set(key, sum)
  }
  return sums
}

function dayOf({ event, receivedAtMs }: ArrivedEvent): number {
  const taskMs = Date.parse(event.timestamp ?? '')
  return Math.floor((taskMs >= Date.UTC(2020, 0, 1) ? taskMs : receivedAtMs) / DAY_MS)
}

function measuresOf(event: TaskCompletionEvent): Record<string, number> {
  const cost = event.actual_cost_usd_micros
  const succeeded = event.outcome === 'success' ? 1 : 0
  const failed = new Set(event.quality_gates_failed)
  const run = new Set([...(event.quality_gates_run ?? []), ...failed])
  return {
    tasks: 1,
    successes: succeeded,
    cost_usd_micros: cost,
    cost_of_successes: succeeded * cost,
    tasks_with_cost: cost > 0 ? 1 : 0,
    successes_with_cost: cost > 0 ? succeeded : 0,
    cost_squares: Math.floor((cost + 50) / 100) ** 2,
    input_tokens: event.actual_input_tokens,
    output_tokens: event.actual_output_tokens,
    duration_ms: event.task_duration_ms,
    retries: event.retry_count,
    tasks_with_gates: run.size > 0 ? 1 : 0,
    gates_passed: run.size > 0 && event.quality_gate_passed ? 1 : 0,
    build_run: run.has('build') ? 1 : 0,
    security_run: run.has('security') ? 1 : 0,
    build_failed: failed.has('build') ? 1 : 0,
    security_failed: failed.has('security') ? 1 : 0,
    ...estimateMeasures('input', event.actual_input_tokens, event.estimated_input_tokens),
    ...estimateMeasures('output', event.actual_output_tokens, event.estimated_output_tokens),
    ...estimateMeasures('cost', cost, event.estimated_cost_usd_micros),
  }
}

function estimateMeasures(metric: string, actual: number, estimated: number): Record<string, number> {
  const isRated = actual > 0 && estimated > 0
  const halfOctaves = Math.floor(2 * Math.log2(actual / estimated))
  const ratioClass = Math.max(0, Math.min(13, halfOctaves + 7))
  const classes = Array.from({ length: 14 }, (_, index) => [
    `${metric}_ratio_${index}`,
    isRated && index === ratioClass ? 1 : 0,
  ])
  return {
    [`${metric}_estimated`]: isRated ? estimated : 0,
    [`${metric}_actual`]: isRated ? actual : 0,
    ...Object.fromEntries(classes),
  }
}
