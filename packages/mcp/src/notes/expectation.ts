import type { PredictionResponse } from '@mosaicstack/telemetry-client'

import { quantities, type Actual, type Expectation, type Quantity, type Range } from './task-notes.ts'

/** What a dollar, a second and a token are on the wire. */
const wireNames = {
  cost_usd: ['cost_usd_micros', 1_000_000],
  duration_s: ['duration_ms', 1000],
  input_tokens: ['input_tokens', 1],
  output_tokens: ['output_tokens', 1],
} as const

/** What is expected of a task, in dollars, seconds and tokens: of the forecast, else of what was observed. */
export function expectationOf({ forecast, prediction }: PredictionResponse): Expectation {
  const known = quantities.flatMap((quantity) => {
    const [name, unit] = wireNames[quantity]
    const range = forecast?.[name] ?? observed(prediction?.[name])
    return range === undefined ? [] : [[quantity, inUnits(range, unit)] as const]
  })
  return Object.fromEntries(known)
}

function observed(
  distribution: { readonly p10?: number; readonly median: number; readonly p90?: number } | undefined,
): Range | undefined {
  return distribution && { ...distribution, p50: distribution.median }
}

function inUnits({ p10, p50, p90 }: Range, unit: number): Range {
  return p10 === undefined || p90 === undefined
    ? { p50: p50 / unit }
    : { p10: p10 / unit, p50: p50 / unit, p90: p90 / unit }
}

/** Where a finished task lies in its expected range. */
export type Position = 'below' | 'within' | 'above'

/** Says it of every quantity that had a range and was reported; 0 is taken for not reported. */
export function positionsIn(
  expected: Expectation,
  actual: Actual,
): { readonly [Name in Quantity]?: Position } {
  const judged = quantities.flatMap((quantity) => {
    const { p10, p90 } = expected[quantity] ?? {}
    const value = actual[quantity]
    if (p10 === undefined || p90 === undefined || value === 0) return []
    return [[quantity, value < p10 ? 'below' : value > p90 ? 'above' : 'within'] as const]
  })
  return Object.fromEntries(judged)
}
