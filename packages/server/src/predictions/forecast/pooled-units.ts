import { fromFixed } from './fixed-point.ts'
import type { MetricColumns, UnitColumns } from './unit-columns.ts'

/** One metric as one memory sees it: a row for each cell and instance, older days counting less. */
export interface PooledUnits {
  readonly size: number
  readonly cell: Int32Array
  readonly instance: Int32Array
  /** Decayed number of events, above 0. */
  readonly count: Float64Array
  /** Decayed mean of ln value. */
  readonly mean: Float64Array
  /** Decayed sum of squared deviations from the mean. */
  readonly within: Float64Array
  /** Degrees of freedom of `within`. */
  readonly freedom: Float64Array
}

/** Weight of an event by its age in whole days; one that is not older than today weighs 1. */
export function decayByAge(halfLifeDays: number, maxAgeDays: number): Float64Array {
  return Float64Array.from({ length: maxAgeDays + 1 }, (_, age) => 2 ** (-age / halfLifeDays))
}

/** Adds up the days of each instance in each cell. */
export function poolUnits(
  units: UnitColumns,
  metric: MetricColumns,
  decay: Float64Array,
  today: number,
): PooledUnits {
  const cell = new Int32Array(units.size)
  const instance = new Int32Array(units.size)
  const count = new Float64Array(units.size)
  const mean = new Float64Array(units.size)
  const within = new Float64Array(units.size)
  const freedom = new Float64Array(units.size)

  let size = 0
  for (let row = 0; row < units.size;) {
    const rowCell = units.cell[row] as number
    const rowInstance = units.instance[row] as number
    let n = 0
    let nSquared = 0
    let sum = 0
    let squares = 0
    for (; row < units.size && units.cell[row] === rowCell && units.instance[row] === rowInstance; row++) {
      const age = Math.max(0, Math.min(decay.length - 1, today - (units.day[row] as number)))
      const weight = decay[age] as number
      n += weight * (metric.count[row] as number)
      nSquared += weight * weight * (metric.count[row] as number)
      sum += weight * (metric.sum[row] as number)
      squares += weight * (metric.squares[row] as number)
    }
    if (n === 0) continue
    cell[size] = rowCell
    instance[size] = rowInstance
    count[size] = n
    mean[size] = fromFixed(sum) / n
    within[size] = Math.max(0, fromFixed(squares) - (fromFixed(sum) * fromFixed(sum)) / n)
    freedom[size] = Math.max(0, n - nSquared / n)
    size++
  }
  return {
    size,
    cell: cell.subarray(0, size),
    instance: instance.subarray(0, size),
    count: count.subarray(0, size),
    mean: mean.subarray(0, size),
    within: within.subarray(0, size),
    freedom: freedom.subarray(0, size),
  }
}
