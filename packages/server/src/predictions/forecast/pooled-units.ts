import { fromFixed } from './fixed-point.ts'
import type { MetricColumns, UnitColumns } from './unit-columns.ts'
import type { UnitPairs } from './unit-pairs.ts'

/** Degrees of freedom that one unit may add: what it repeats says little about the others. */
const MAX_FREEDOM = 10
/** Below this a unit holds one event: what is left of its freedom is rounding. */
const MIN_FREEDOM = 1e-6

/**
 * One metric as one memory sees it, by pair: older days counting less. A pair that never reported it counts 0.
 *
 * Forgetting is a weight of its own beside the number of events. A mean of old events is as exact as it ever was, it only
 * says less about today; were its age put into the count, its squares would look too small for it, and no variance
 * would be left for the units of a short memory.
 */
export interface PooledUnits {
  readonly pairs: UnitPairs
  /** As many equally weighted events would make the mean as exact (Kish). */
  readonly count: Float64Array
  /** Mean weight of an event by its age, 0 to 1. */
  readonly fade: Float64Array
  /** Decayed mean of ln value. */
  readonly mean: Float64Array
  /** Decayed mean of the squared deviations from that mean. */
  readonly within: Float64Array
  /** The pairs whose events differ among themselves: `repeats` of them. */
  repeats: number
  readonly repeated: Uint32Array
  /** Variance within each of those, and its degrees of freedom. */
  readonly variance: Float64Array
  readonly freedom: Float64Array
}

/** Weight of an event by its age in whole days; one that is not older than today weighs 1. */
export function decayByAge(halfLifeDays: number, maxAgeDays: number): Float64Array {
  return Float64Array.from({ length: maxAgeDays + 1 }, (_, age) => 2 ** (-age / halfLifeDays))
}

/** Room for what `poolUnits` works out. */
export function emptyPool(pairs: UnitPairs): PooledUnits {
  const column = () => new Float64Array(pairs.size)
  return {
    pairs,
    count: column(),
    fade: column(),
    mean: column(),
    within: column(),
    repeats: 0,
    repeated: new Uint32Array(pairs.size),
    variance: column(),
    freedom: column(),
  }
}

/** Adds up the days of each instance in each cell, in place of whatever the pool held. */
export function poolUnits(
  pool: PooledUnits,
  units: UnitColumns,
  metric: MetricColumns,
  decay: Float64Array,
  today: number,
): PooledUnits {
  const { rowsFrom, size } = pool.pairs
  const { day } = units
  const { count, sum, squares } = metric
  const oldest = decay.length - 1
  pool.repeats = 0
  for (let pair = 0; pair < size; pair++) {
    let n = 0
    let nSquared = 0
    let total = 0
    let totalSquares = 0
    const end = rowsFrom[pair + 1] as number
    for (let row = rowsFrom[pair] as number; row < end; row++) {
      const age = today - (day[row] as number)
      const weight = decay[age < 0 ? 0 : age > oldest ? oldest : age] as number
      const events = weight * (count[row] as number)
      n += events
      nSquared += weight * events
      total += weight * (sum[row] as number)
      totalSquares += weight * (squares[row] as number)
    }
    const mean = n === 0 ? 0 : fromFixed(total) / n
    const within = Math.max(0, fromFixed(totalSquares) - fromFixed(total) * mean)
    const fade = n === 0 ? 0 : nSquared / n
    pool.count[pair] = n === 0 ? 0 : n / fade
    pool.fade[pair] = fade
    pool.mean[pair] = mean
    pool.within[pair] = n === 0 ? 0 : within / n
    const freedom = n - fade
    if (freedom > MIN_FREEDOM) noteRepeats(pool, pair, within / freedom, freedom)
  }
  return pool
}

function noteRepeats(pool: PooledUnits, pair: number, variance: number, freedom: number): void {
  const place = pool.repeats++
  pool.repeated[place] = pair
  pool.variance[place] = variance
  pool.freedom[place] = Math.min(MAX_FREEDOM, freedom)
}
