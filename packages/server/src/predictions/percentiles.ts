import { ascendingOrder } from './ascending-order.ts'

/**
 * Percentiles of type 6 (Weibull, rank p(n + 1)), and Akinshin's form of them for weighted values. The two agree where
 * all weights are equal. No value may be negative.
 *
 * `weights` stand in ascending order beside their values: then the same set of weighted values gives the same bits in
 * whatever order it was collected, because equal values with equal weights cannot be told apart.
 */
export function percentiles(
  values: Float64Array,
  weights: Float64Array,
  probabilities: readonly number[],
): readonly number[] {
  const order = ascendingOrder(values)
  const sorted = pick(values, order)
  if (weights[0] === weights[weights.length - 1]) {
    return probabilities.map((probability) => plainPercentile(sorted, probability))
  }

  const staircase = { values: sorted, ends: runningSums(pick(weights, order)) }
  const size = effectiveSize(weights)
  return probabilities.map((probability) => weightedPercentile(staircase, size, probability))
}

/**
 * Akinshin's form for values that are known with the weight each has in all, ascending; a value may have none.
 *
 * @param size the effective sample size of the events behind the weights.
 * @returns nothing where there is no weight at all.
 */
export function staircasePercentiles(
  values: Float64Array,
  weights: Float64Array,
  size: number,
  probabilities: readonly number[],
): readonly number[] {
  const ends = runningSums(weights)
  if ((ends[ends.length - 1] ?? 0) === 0) return []
  return probabilities.map((probability) => weightedPercentile({ values, ends }, size, probability))
}

/** Kish's effective sample size: how many equally weighted values would be as certain. */
export function effectiveSize(weights: Float64Array): number {
  let sum = 0
  let squares = 0
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] as number
    sum += weight
    squares += weight * weight
  }
  return (sum * sum) / squares
}

/** The nearest integer, halves up. The millionth absorbs what floating point loses below a half. */
export function roundHalfUp(value: number): number {
  return Math.floor(value + 0.5 + 1e-6)
}

function plainPercentile(sorted: Float64Array, probability: number): number {
  const rank = clampedRank(probability, sorted.length)
  const below = sorted[Math.floor(rank) - 1] as number
  const above = sorted[Math.floor(rank)] ?? below
  return below + (rank - Math.floor(rank)) * (above - below)
}

function clampedRank(probability: number, size: number): number {
  return Math.max(1, Math.min(size, probability * (size + 1)))
}

/** The inverse of a weighted distribution function: a staircase of ascending values, each as wide as its weight. */
interface Staircase {
  readonly values: Float64Array
  /** Where the step of each value ends, along the sum of all weights. */
  readonly ends: Float64Array
}

/** The mean height of the staircase over a window of one effective sample that ends at the rank. */
function weightedPercentile({ values, ends }: Staircase, size: number, probability: number): number {
  const total = ends[ends.length - 1] as number
  const rank = clampedRank(probability, size)
  const windowStart = ((rank - 1) / size) * total
  const windowEnd = (rank / size) * total

  const first = lowerBound(ends, windowStart)
  // Heights are added relative to the first step of the window, so that a window on one step gives exactly its value.
  const base = values[first] as number
  let start = windowStart
  let area = 0
  for (let index = first; index < ends.length && start < windowEnd; index++) {
    const end = Math.min(ends[index] as number, windowEnd)
    area += (end - start) * ((values[index] as number) - base)
    start = end
  }
  return base + area / (start - windowStart)
}

/** Numbers by their indices. */
export function pick(numbers: Float64Array, order: Uint32Array): Float64Array {
  const picked = new Float64Array(order.length)
  for (let index = 0; index < order.length; index++) picked[index] = numbers[order[index] as number] as number
  return picked
}

function runningSums(numbers: Float64Array): Float64Array {
  const sums = new Float64Array(numbers.length)
  let sum = 0
  for (let index = 0; index < numbers.length; index++) {
    sum += numbers[index] as number
    sums[index] = sum
  }
  return sums
}

/** The first index whose value is not below `value`. */
export function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
