/**
 * Percentiles of type 6 (Weibull, rank p(n + 1)), and Akinshin's form of them for weighted values. The two agree where
 * all weights are equal.
 *
 * `weights` stand in ascending order beside their values: then the same set of weighted values gives the same bits in
 * whatever order it was collected, because equal values with equal weights cannot be told apart.
 */
export function percentiles(
  values: Float64Array,
  weights: Float64Array,
  probabilities: readonly number[],
): readonly number[] {
  const sorted = values.slice().sort()
  if (weights[0] === weights[weights.length - 1]) {
    return probabilities.map((probability) => plainPercentile(sorted, probability))
  }

  const steps = { values: sorted, weights: gatherWeights(sorted, values, weights) }
  const size = effectiveSize(weights)
  return probabilities.map((probability) => weightedPercentile(steps, size, probability))
}

/** Kish's effective sample size: how many equally weighted values would be as certain. */
export function effectiveSize(weights: Float64Array): number {
  let sum = 0
  let squares = 0
  for (const weight of weights) {
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
interface Steps {
  readonly values: Float64Array
  readonly weights: Float64Array
}

/** The mean height of the staircase over a window of one effective sample that ends at the rank. */
function weightedPercentile(steps: Steps, size: number, probability: number): number {
  let total = 0
  for (const weight of steps.weights) total += weight
  const rank = clampedRank(probability, size)
  const windowStart = ((rank - 1) / size) * total
  const windowEnd = (rank / size) * total

  // Heights are added relative to the first step of the window, so that a window on one step gives exactly its value.
  let base: number | undefined
  let stepStart = 0
  let area = 0
  let width = 0
  for (let index = 0; index < steps.values.length && stepStart < windowEnd; index++) {
    const value = steps.values[index] as number
    const stepEnd = stepStart + (steps.weights[index] as number)
    const overlap = Math.min(stepEnd, windowEnd) - Math.max(stepStart, windowStart)
    if (overlap > 0) {
      base ??= value
      area += overlap * (value - base)
      width += overlap
    }
    stepStart = stepEnd
  }
  return base === undefined ? (steps.values.at(-1) as number) : base + area / width
}

/**
 * Weights beside sorted values; of equal values the first takes all. Sorting numbers and then searching them takes a
 * fifth of the time of sorting pairs by a comparison function.
 */
function gatherWeights(sorted: Float64Array, values: Float64Array, weights: Float64Array): Float64Array {
  const gathered = new Float64Array(sorted.length)
  for (let index = 0; index < values.length; index++) {
    const first = lowerBound(sorted, values[index] as number)
    gathered[first] = (gathered[first] as number) + (weights[index] as number)
  }
  return gathered
}

function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
