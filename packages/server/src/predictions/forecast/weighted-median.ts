/** The value at which half of the weight is reached. NaN where there is no weight. */
export function weightedMedian(values: Float64Array, weights: Float64Array): number {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number))
  let total = 0
  for (let index = 0; index < weights.length; index++) total += weights[index] as number

  let sum = 0
  for (const index of order) {
    sum += weights[index] as number
    if (sum > 0 && sum >= total / 2) return values[index] as number
  }
  return Number.NaN
}
