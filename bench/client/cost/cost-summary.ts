import type { Installed } from '../report/installed.ts'
import { quantile } from '../report/quantile.ts'
import type { CostFigures } from './run-cost.ts'

/** The middle of the rounds and how far they reach. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** One SDK's row of the cost table. */
export interface CostSummary {
  readonly sdk: string
  readonly installed: Installed | undefined
  readonly figures: Readonly<Partial<Record<keyof CostFigures, Spread>>>
}

/** Summarises the rounds of one SDK; a figure that no round gave stays absent. */
export function summarise(
  sdk: string,
  installed: Installed | undefined,
  rounds: readonly CostFigures[],
): CostSummary {
  const keys = new Set(rounds.flatMap((round) => Object.keys(round) as (keyof CostFigures)[]))
  const figures: Partial<Record<keyof CostFigures, Spread>> = {}
  for (const key of keys) figures[key] = spread(rounds.flatMap((round) => round[key] ?? []))
  return { sdk, installed, figures }
}

function spread(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), min: Math.min(...values), max: Math.max(...values) }
}
