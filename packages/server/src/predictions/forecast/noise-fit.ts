import type { PooledUnits } from './pooled-units.ts'
import { HUBER_LIMIT, meanVariance } from './unit-weights.ts'
import type { Noise } from './unit-weights.ts'

/** Degrees of freedom that the guess of the event variance is worth. */
const PRIOR_FREEDOM = 10
/** Degrees of freedom that one unit may add: what it repeats says little about the others. */
const MAX_UNIT_FREEDOM = 10
/** Part of the noise that is taken to lie between units before any unit has two events. */
const PRIOR_UNIT_SHARE = 0.15
/** Weight of that guess, in units. */
const PRIOR_UNITS = 5

/** The mean of min(z, 2.5) squared for a normal z: what the cut takes from a variance. */
const CUT_LOSS = 0.9645

export interface Residuals {
  /** Mean of the unit less the location of its cell. */
  readonly value: Float64Array
  /** Part of the unit's own deviation that the fitted location has followed, 0 to 0.8. */
  readonly leverage: Float64Array
}

/** Both variances from what the fit leaves, robustly: squares are cut at the limit of Huber's weights. */
export function fitNoise(
  units: PooledUnits,
  residuals: Residuals,
  factors: Float64Array,
  before: Noise,
): Noise {
  const event = eventVariance(units, factors, before)
  // With one instance its units are the cells: the next task comes from the same one.
  if (factors.length === 1) return { event, unit: 0 }
  return { event, unit: unitVariance(units, residuals, factors, { event, unit: before.unit }) }
}

function eventVariance(units: PooledUnits, factors: Float64Array, before: Noise): number {
  const total = before.event + before.unit
  let squares = PRIOR_FREEDOM * (1 - PRIOR_UNIT_SHARE) * total
  let freedom = PRIOR_FREEDOM
  for (let row = 0; row < units.size; row++) {
    const own = units.freedom[row] as number
    if (own === 0) continue
    const variance = (units.within[row] as number) / own
    const weight = (factors[units.instance[row] as number] as number) * Math.min(own, MAX_UNIT_FREEDOM)
    squares += weight * Math.min(variance, HUBER_LIMIT ** 2 * total)
    freedom += weight
  }
  return Math.max(1e-6, squares / freedom)
}

function unitVariance(
  units: PooledUnits,
  residuals: Residuals,
  factors: Float64Array,
  before: Noise,
): number {
  let surplus = PRIOR_UNITS * PRIOR_UNIT_SHARE * (before.event + before.unit)
  let total = PRIOR_UNITS
  const scale = before.event + before.unit
  for (let row = 0; row < units.size; row++) {
    const count = units.count[row] as number
    const variance = meanVariance(before, count)
    const square = (residuals.value[row] as number) ** 2 / (1 - (residuals.leverage[row] as number))
    const weight = ((factors[units.instance[row] as number] as number) * scale) / variance
    surplus += weight * (Math.min(square, HUBER_LIMIT ** 2 * variance) / CUT_LOSS - before.event / count)
    total += weight
  }
  return Math.max(0, surplus / total)
}
