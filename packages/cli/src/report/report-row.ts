import { knownCost, type SpendDimension, type SpendGroup } from '@mosaicstack/telemetry-importers'

import { nameOf } from '../import/select-sources.ts'

/** One row of a report, by its names in `--json`. */
export interface ReportRow {
  /** Of the day, model, … that the row is about; null for what belongs to no task. */
  readonly name: string | null
  readonly tasks: number
  readonly requests: number
  readonly tokens: {
    readonly input: number
    readonly cache_read: number
    readonly cache_write_5m: number
    readonly cache_write_1h: number
    /** Reasoning included. */
    readonly output: number
    readonly reasoning: number
  }
  /** Null where a part has no known price. */
  readonly cost_usd: number | null
  /** Of what has a known price: the cost is at least this. */
  readonly known_cost_usd: number
  readonly unpriced_tokens: number
  /** Tasks by outcome. */
  readonly outcomes: Readonly<Record<string, number>>
  /** What was predicted for tasks before they began, beside what they cost; null where none was predicted. */
  readonly estimated: {
    readonly tasks: number
    readonly estimated_cost_usd: number
    readonly actual_cost_usd: number
  } | null
  readonly sources: readonly string[]
  readonly missing: readonly string[]
}

export function reportRow(group: SpendGroup, by: SpendDimension | undefined): ReportRow {
  const { completeness, cost, outcomes, tokens } = group
  const nanoUsd = knownCost(cost)
  return {
    name: by === undefined ? 'total' : rowName(by, group.keys[by] ?? null),
    tasks: group.tasks,
    requests: group.requests,
    tokens: {
      input: tokens.freshInput,
      cache_read: tokens.cacheRead,
      cache_write_5m: tokens.cacheWrite5m,
      cache_write_1h: tokens.cacheWrite1h,
      output: tokens.output,
      reasoning: tokens.reasoning,
    },
    cost_usd: nanoUsd === undefined ? null : nanoUsd / 1e9,
    known_cost_usd: cost.knownNanoUsd / 1e9,
    unpriced_tokens: group.unpricedTokens,
    outcomes: { ...outcomes?.counts },
    estimated:
      outcomes === undefined || outcomes.estimated === 0
        ? null
        : {
            tasks: outcomes.estimated,
            estimated_cost_usd: outcomes.estimatedCostUsdMicros / 1e6,
            actual_cost_usd: outcomes.actualCostUsdMicros / 1e6,
          },
    sources: completeness.sources,
    missing: completeness.missing,
  }
}

/** Agents and kinds of task have one spelling on the command line. */
function rowName(by: SpendDimension, key: string | null): string | null {
  return key !== null && (by === 'harness' || by === 'task_type') ? nameOf(key) : key
}
