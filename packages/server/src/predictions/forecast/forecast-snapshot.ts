import type { Cell } from '../level-rules.ts'
import { cellKey } from './forecast-event.ts'
import { MEMORY_COUNT } from './forecast-fit.ts'
import type { ForecastFit, FittedMemory } from './forecast-fit.ts'
import { groupsOf, locate, taskVariance } from './location.ts'
import type { OwnShape } from './own-values.ts'
import { CURVE_POINTS, QuantileCurve } from './quantile-curve.ts'

/** Uncertainty, in variances of a task, at which the next bank takes over: well known, known, hardly known. */
const BANK_LIMITS = [0.08, 0.4] as const
export const BANK_COUNT = BANK_LIMITS.length + 1

/** Zero shares from which a metric is not forecast: most such tasks report none. */
const MOSTLY_ZERO = 0.5

/** What one metric answers with until the next refit. */
export interface MetricTables {
  /** Index into `memoryDays`. */
  readonly memory: number
  /** Quantiles of z by memory and bank. */
  readonly banks: readonly (readonly Float64Array[])[]
  /** By `cellKey`, relative to the location of the longest memory. */
  readonly ownShapes: ReadonlyMap<string, OwnShape>
}

/** One memory's forecast of one metric of one cell. */
export interface Standing {
  readonly location: number
  /** Standard deviation of the next task, the uncertainty of the location included. */
  readonly spread: number
  readonly bank: number
  /** How many tasks of this very cell would leave the same uncertainty. */
  readonly effectiveSamples: number
}

/** Everything a query reads: made at a refit, swapped as a whole, never changed. */
export class ForecastSnapshot {
  readonly fit: ForecastFit
  readonly tables: readonly MetricTables[]

  constructor(fit: ForecastFit, tables: readonly MetricTables[]) {
    this.fit = fit
    this.tables = tables
  }

  groups(cell: Cell): Int32Array {
    return groupsOf(this.fit.layout, cell)
  }

  /** What a memory expects. Undefined where too few instances reported the metric, or most tasks of the model have none. */
  standing(metric: number, memory: number, cell: Cell, groups: Int32Array): Standing | undefined {
    const fitted = this.fit.metrics[metric]?.[memory]
    if (fitted === undefined) return undefined
    if ((this.fit.zeroShares[metric]?.get(cell.model) ?? 0) > MOSTLY_ZERO) return undefined
    return stand(fitted, groups)
  }

  /** The pooled quantiles of a standing. */
  pooledPoints(metric: number, memory: number, standing: Standing): number[] {
    const bank = this.tables[metric]?.banks[memory]?.[standing.bank]
    // A plain array: V8 keeps typed ones of this size off its heap, and a query makes four of them.
    const points: number[] = []
    for (let index = 0; index < CURVE_POINTS; index++) {
      points.push(standing.location + standing.spread * (bank?.[index] ?? 0))
    }
    return points
  }

  /** The forecast of a metric, in ln value, and where it comes from. */
  curve(
    metric: number,
    cell: Cell,
    groups = this.groups(cell),
    key = cellKey(cell),
  ): (Standing & { curve: QuantileCurve }) | undefined {
    const tables = this.tables[metric]
    if (tables === undefined) return undefined
    const standing = this.standing(metric, tables.memory, cell, groups)
    if (standing === undefined) return undefined

    const points = this.pooledPoints(metric, tables.memory, standing)
    return { ...standing, curve: this.blendedCurve(metric, key, standing.location, points) }
  }

  /** The curve of the memory that answers: its pooled points, which it takes over, blended with the cell's own shape. */
  blendedCurve(metric: number, key: string, location: number, points: number[]): QuantileCurve {
    const own = this.tables[metric]?.ownShapes.get(key)
    if (own !== undefined) blend(points, own, location)
    return new QuantileCurve(points)
  }
}

/** Memories in the order of `memoryDays`. */
export const memoryIndexes: readonly number[] = Array.from({ length: MEMORY_COUNT }, (_, memory) => memory)

function stand(fitted: FittedMemory, groups: Int32Array): Standing {
  const { location, uncertainty } = locate(fitted.effects, groups)
  const variance = taskVariance(fitted, groups)
  const evidence = uncertainty / variance
  return {
    location,
    spread: Math.sqrt(variance + uncertainty),
    bank: evidence < BANK_LIMITS[0] ? 0 : evidence < BANK_LIMITS[1] ? 1 : 2,
    effectiveSamples: 1 / evidence,
  }
}

function blend(points: number[], own: OwnShape, location: number): void {
  for (let index = 0; index < CURVE_POINTS; index++) {
    const ownPoint = location + (own.points[index] as number)
    points[index] = (1 - own.weight) * (points[index] as number) + own.weight * ownPoint
  }
}
