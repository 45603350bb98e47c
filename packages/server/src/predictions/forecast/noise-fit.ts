import type { PooledUnits } from './pooled-units.ts'
import { HUBER_LIMIT } from './unit-weights.ts'
import type { Noise } from './unit-weights.ts'

/** Degrees of freedom that the guess of the event variance is worth. */
const PRIOR_FREEDOM = 10
/** Part of the noise that is taken to lie between units before any unit has two events. */
const PRIOR_UNIT_SHARE = 0.15
/** Weight of that guess, in units. */
const PRIOR_UNITS = 5

/** The mean of min(z, 2.5) squared for a normal z: what the cut takes from a variance. */
const CUT_LOSS = 0.9645
/** The variance between units is worked out from at most so many, evenly spread: that tells it to a hundredth of itself. */
const MAX_NOISE_UNITS = 2 ** 16
/** A location follows a unit at most this far. */
const MAX_LEVERAGE = 0.8

/** What a fit knows of where its units lie. */
export interface Placed {
  /** By cell. */
  readonly location: Float64Array
  /** Posterior variance of those locations. */
  readonly variance: Float64Array
  /** Weight of each unit in the last pass. */
  readonly weights: Float64Array
}

/** Both variances from what the fit leaves, robustly: squares are cut at the limit of Huber's weights. */
export function fitNoise(units: PooledUnits, placed: Placed, factors: Float64Array, before: Noise): Noise {
  const event = eventVariance(units, factors, before)
  // With one instance its units are the cells: the next task comes from the same one.
  if (factors.length === 1) return { event, unit: 0 }
  return { event, unit: unitVariance(units, placed, factors, { event, unit: before.unit }) }
}

/** The part of a unit's own deviation that the fitted location has followed. */
export function leverage(weight: number, cellVariance: number): number {
  const followed = weight * cellVariance
  return followed > MAX_LEVERAGE ? MAX_LEVERAGE : followed
}

function eventVariance(units: PooledUnits, factors: Float64Array, before: Noise): number {
  const { repeats, repeated, variance, freedom } = units
  const { instance } = units.pairs
  const total = before.event + before.unit
  const limit = HUBER_LIMIT ** 2 * total
  let squares = PRIOR_FREEDOM * (1 - PRIOR_UNIT_SHARE) * total
  let sum = PRIOR_FREEDOM
  for (let place = 0; place < repeats; place++) {
    const own = variance[place] as number
    const who = instance[repeated[place] as number] as number
    const weight = (factors[who] as number) * (freedom[place] as number)
    squares += weight * (own < limit ? own : limit)
    sum += weight
  }
  return Math.max(1e-6, squares / sum)
}

/**
 * A unit of n events varies by unit + event / n: what its square is larger than event / n is the unit's. Written so that
 * a unit costs one division, which is what this loop spends its time on.
 */
function unitVariance(units: PooledUnits, placed: Placed, factors: Float64Array, before: Noise): number {
  const { count, fade, mean } = units
  const { size, cell, instance } = units.pairs
  const { location, variance, weights } = placed
  const { event, unit } = before
  const scale = event + unit
  const limit = HUBER_LIMIT ** 2
  let surplus = PRIOR_UNITS * PRIOR_UNIT_SHARE * scale
  let total = PRIOR_UNITS
  const step = Math.ceil(size / MAX_NOISE_UNITS)
  for (let pair = 0; pair < size; pair += step) {
    const n = count[pair] as number
    if (n === 0) continue
    const where = cell[pair] as number
    const off = (mean[pair] as number) - (location[where] as number)
    const left = 1 - leverage(weights[pair] as number, variance[where] as number)
    const inverse = 1 / ((unit * n + event) * left)
    const ratio = off * off * n * inverse
    const own = (factors[instance[pair] as number] as number) * (fade[pair] as number) * scale
    const weight = own * left * inverse
    surplus += (own * (ratio < limit ? ratio : limit)) / CUT_LOSS - weight * event
    total += weight * n
  }
  return Math.max(0, surplus / total)
}
