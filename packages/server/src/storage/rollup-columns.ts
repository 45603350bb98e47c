import { qualityGateCodes } from './enum-codes.ts'

/** Classes of actual / estimated: half octaves from 1/8 to 8, and one on either side. */
export const RATIO_CLASSES = 14
/** `2 ** (exponent / 2)` is the bound between the classes before and after it. */
export const RATIO_EXPONENTS = Array.from({ length: RATIO_CLASSES - 1 }, (_, index) => index - 6)

/**
 * What a rollup adds up: the name of each sum and how it is made of events, in SQL that both engines read. `picked` are the
 * events with their day and the classes of their ratios (`rollup-statements.ts`).
 *
 * All of it is whole numbers, so that sums are exact in any order and what was added can be subtracted again. A filtered
 * count costs an event that is not in it a comparison, where a sum of ones and zeros costs an addition.
 */
export const rollupSums: Readonly<Record<string, string>> = {
  tasks: 'count(*)',
  successes: countOf('outcome = 0'),
  failures: countOf('outcome = 1'),
  partials: countOf('outcome = 2'),
  timeouts: countOf('outcome = 3'),
  cost_usd_micros: 'sum(cost)',
  cost_of_successes: 'sum(CASE WHEN outcome = 0 THEN cost ELSE 0 END)',
  tasks_with_cost: countOf('cost > 0'),
  successes_with_cost: countOf('cost > 0 AND outcome = 0'),
  // In hundreds of micro-dollars: nine million of the dearest tasks in one row before 64 bits are full.
  cost_squares: 'sum(((cost + 50) / 100) * ((cost + 50) / 100))',
  input_tokens: 'sum(input)',
  output_tokens: 'sum(output)',
  duration_ms: 'sum(duration_ms)',
  retries: 'sum(retries)',
  tasks_with_gates: countOf('gates_run <> 0'),
  gates_passed: countOf('gates_run <> 0 AND gate_passed = 1'),
  ...perGate((bit, gate) => [`${gate}_run`, countOf(`(gates_run & ${bit}) <> 0`)]),
  ...perGate((bit, gate) => [`${gate}_failed`, countOf(`(gates_failed & ${bit}) <> 0`)]),
  ...estimatesOf('input'),
  ...estimatesOf('output'),
  ...estimatesOf('cost'),
}

export type RollupSum = keyof typeof rollupSums

/** The class of a ratio; null where either side is 0 and there is no ratio. Bounds are compared exactly, as squares. */
export function ratioClass(actual: string, estimated: string): string {
  const isBelow = (exponent: number) =>
    exponent < 0
      ? `${actual} * ${actual} * ${2 ** -exponent} < ${estimated} * ${estimated}`
      : `${actual} * ${actual} < ${estimated} * ${estimated} * ${2 ** exponent}`
  const search = (from: number, to: number): string => {
    if (from === to) return String(from)
    const middle = Math.floor((from + to) / 2)
    return `CASE WHEN ${isBelow(RATIO_EXPONENTS[middle] ?? 0)} THEN ${search(from, middle)} ELSE ${search(middle + 1, to)} END`
  }
  return `CASE WHEN ${actual} > 0 AND ${estimated} > 0 THEN ${search(0, RATIO_CLASSES - 1)} END`
}

function estimatesOf(metric: string): Readonly<Record<string, string>> {
  const classes = Array.from({ length: RATIO_CLASSES }, (_, index) => [
    `${metric}_ratio_${index}`,
    countOf(`${metric}_class = ${index}`),
  ])
  return {
    [`${metric}_estimated`]: `sum(CASE WHEN ${metric}_class IS NULL THEN 0 ELSE ${metric}_estimate END)`,
    [`${metric}_actual`]: `sum(CASE WHEN ${metric}_class IS NULL THEN 0 ELSE ${metric} END)`,
    ...Object.fromEntries(classes),
  }
}

function perGate(
  entry: (bit: number, gate: string) => readonly [string, string],
): Readonly<Record<string, string>> {
  return Object.fromEntries(qualityGateCodes.values.map((gate, code) => entry(1 << code, gate)))
}

function countOf(condition: string): string {
  return `count(*) FILTER (WHERE ${condition})`
}
