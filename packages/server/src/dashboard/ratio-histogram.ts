import { RATIO_EXPONENTS } from '../storage/rollup-columns.ts'

/** Bounds between the classes of actual / estimated. */
export const ratioBounds: readonly number[] = RATIO_EXPONENTS.map((exponent) => rounded(2 ** (exponent / 2)))

/** Fewer tasks have no percentiles worth a name. */
const MIN_TASKS = 5

/**
 * A quantile of ratios that are known by class only: even on the logarithm within its class. The outermost classes are
 * taken to be as wide as the others, so nothing reads as beyond 11.3 or below 0.088.
 */
export function ratioQuantile(classes: readonly number[], share: number): number | null {
  const tasks = classes.reduce((sum, count) => sum + count, 0)
  if (tasks < MIN_TASKS) return null

  let before = 0
  for (const [index, count] of classes.entries()) {
    const wanted = share * tasks - before
    if (count > 0 && wanted <= count) return rounded(2 ** ((index - 7 + wanted / count) / 2))
    before += count
  }
  return null
}

/** Three digits: the classes give no more. */
function rounded(ratio: number): number {
  return Number(ratio.toPrecision(3))
}
