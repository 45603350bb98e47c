import type { PooledUnits } from './pooled-units.ts'
import { sharesOfCrowd } from './water-fill.ts'

/** Residuals beyond this many standard deviations lose weight (Huber). */
export const HUBER_LIMIT = 2.5

/** How the units of a fit vary: one event within its unit, and the units of a cell among each other. */
export interface Noise {
  /** Variance of an event around its unit's mean. Above 0. */
  event: number
  /** Variance of a unit's mean around its cell. */
  unit: number
}

/** What one mean of `count` events is worth. A unit saturates at event / unit events, whatever it sends. */
export function meanVariance(noise: Noise, count: number): number {
  return noise.unit + noise.event / count
}

/** How far to shrink every instance: its trust, and its share of all weight. */
export function instanceFactors(units: PooledUnits, noise: Noise, trust: Float64Array): Float64Array {
  const { size, instance } = units.pairs
  const { event, unit } = noise
  const totals = new Float64Array(trust.length)
  for (let pair = 0; pair < size; pair++) {
    const who = instance[pair] as number
    const count = units.count[pair] as number
    const weight = ((units.fade[pair] as number) * count) / (unit * count + event)
    totals[who] = (totals[who] as number) + (trust[who] as number) * weight
  }
  const factors = sharesOfCrowd(totals, 1 / (event + unit))
  return factors.map((factor, who) => factor * (trust[who] as number))
}
