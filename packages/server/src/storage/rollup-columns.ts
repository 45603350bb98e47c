import { qualityGateCodes } from './enum-codes.ts'

/** Classes of actual / estimated: half octaves from 1/8 to 8, and one on either side. */
export const RATIO_CLASSES = 14
/** `2 ** (exponent / 2)` is the bound between the classes before and after it. */
export const RATIO_EXPONENTS = Array.from({ length: RATIO_CLASSES - 1 }, (_, index) => index - 6)

/**
 * What a rollup adds up: the name of each sum and what one event adds to it, in SQL that both engines read. `picked` is the
 * event with its day and the classes of its ratios (`rollup-statements.ts`).
 *
 * All of it is whole numbers, so that sums are exact in any order and what was added can be subtracted again.
 */
export const rollupSums: Readonly<Record<string, string>> = {
  tasks: '1',
  successes: flag('outcome = 0'),
  failures: flag('outcome = 1'),
  partials: flag('outcome = 2'),
  timeouts: flag('outcome = 3'),
  cost_usd_micros: 'cost',
  cost_of_successes: `CASE WHEN outcome = 0 THEN cost ELSE 0 END`,
  tasks_with_cost: flag('cost > 0'),
  successes_with_cost: flag('cost > 0 AND outcome = 0'),
  // In hundreds of micro-dollars: nine million of the dearest tasks in one row before 64 bits are full.
  cost_squares: '((cost + 50) / 100) * ((cost + 50) / 100)',
  input_tokens: 'input',
  output_tokens: 'output',
  duration_ms: 'duration_ms',
  retries: 'retries',
  tasks_with_gates: flag('gates_run <> 0'),
  gates_passed: flag('gates_run <> 0 AND gate_passed = 1'),
  ...perGate((bit, gate) => [`${gate}_run`, flag(`(gates_run & ${bit}) <> 0`)]),
  ...perGate((bit, gate) => [`${gate}_failed`, flag(`(gates_failed & ${bit}) <> 0`)]),
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
    flag(`${metric}_class = ${index}`),
  ])
  return {
    [`${metric}_estimated`]: `CASE WHEN ${metric}_class IS NULL THEN 0 ELSE ${metric}_estimate END`,
    [`${metric}_actual`]: `CASE WHEN ${metric}_class IS NULL THEN 0 ELSE ${metric} END`,
    ...Object.fromEntries(classes),
  }
}

function perGate(
  entry: (bit: number, gate: string) => readonly [string, string],
): Readonly<Record<string, string>> {
  return Object.fromEntries(qualityGateCodes.values.map((gate, code) => entry(1 << code, gate)))
}

function flag(condition: string): string {
  return `CASE WHEN ${condition} THEN 1 ELSE 0 END`
}
