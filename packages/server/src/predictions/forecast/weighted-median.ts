import { ascendingOrder } from '../ascending-order.ts'

/** The value, none below 0, at which half of the weight is reached. NaN where there is no weight. */
export function weightedMedian(values: Float64Array, weights: Float64Array): number {
  let total = 0
  for (let index = 0; index < weights.length; index++) total += weights[index] as number

  let sum = 0
  for (const index of ascendingOrder(values)) {
    sum += weights[index] as number
    if (sum > 0 && sum >= total / 2) return values[index] as number
  }
  return Number.NaN
}
