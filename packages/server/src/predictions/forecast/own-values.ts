import { percentiles } from '../percentiles.ts'
import { fromFixed, toFixed } from './fixed-point.ts'
import { curveProbabilities } from './quantile-curve.ts'
import { waterFill } from './water-fill.ts'

/** The last values kept of one cell, and of one instance in it. */
const MAX_VALUES = 256
const MAX_INSTANCE_VALUES = 10
/** What an instance may weigh in a cell's own shape, unless 1.5 equal shares are more. */
const MIN_SHARE = 0.05
/** Values at which a cell's own shape weighs as much as the pooled one. */
const HALF_WEIGHT_VALUES = 100

/** Added to a value while percentiles are taken: those take none below 0, and no ln value lies this far off. */
const SHIFT = 100

/** What a cell's own tasks add to the pooled forecast. */
export interface OwnShape {
  readonly points: Float32Array
  /** 0 to 1. */
  readonly weight: number
}

/** Whose values make a shape. Compared by identity: one rule and the same values give one shape. */
export interface ShapeRule {
  /** Distinct instances that a shape needs. */
  readonly minInstances: number
  readonly isTrusted: (instance: number) => boolean
}

/** The last values of one metric in one cell, relative to what was forecast for them: an instance keeps its last ten. */
export class OwnValues {
  readonly #entries: (readonly [instance: number, fixed: number])[] = []
  #shape: OwnShape | undefined
  /** The rule by which `#shape` was made of the values as they are; undefined where it was not. */
  #madeBy: ShapeRule | undefined

  add(instance: number, value: number): void {
    this.#insert(instance, toFixed(value))
  }

  /** Undefined where too few instances make one. */
  shape(rule: ShapeRule): OwnShape | undefined {
    if (rule !== this.#madeBy) {
      this.#shape = this.#computeShape(rule)
      this.#madeBy = rule
    }
    return this.#shape
  }

  forget(instance: number): void {
    const others = this.#entries.filter(([other]) => other !== instance)
    this.#entries.splice(0, this.#entries.length, ...others)
    this.#madeBy = undefined
  }

  /** Instance and fixed-point value of every entry, the oldest first. */
  entries(): readonly (readonly [instance: number, fixed: number])[] {
    return this.#entries
  }

  /** Takes values as `entries` gave them. */
  restore(entries: Iterable<readonly [instance: number, fixed: number]>): void {
    for (const [instance, fixed] of entries) this.#insert(instance, fixed)
  }

  #computeShape({ minInstances, isTrusted }: ShapeRule): OwnShape | undefined {
    const trusted = this.#entries.filter(([instance]) => isTrusted(instance))
    const ranks = new Map<number, number>()
    for (const [instance] of trusted) if (!ranks.has(instance)) ranks.set(instance, ranks.size)
    if (ranks.size < minInstances) return undefined

    const counts = new Float64Array(ranks.size)
    for (const [instance] of trusted) {
      const rank = ranks.get(instance) ?? 0
      counts[rank] = (counts[rank] as number) + 1
    }
    const factors = waterFill(counts, MIN_SHARE)
    const weighted = trusted
      .map(([instance, fixed]) => ({ fixed, weight: factors[ranks.get(instance) ?? 0] ?? 0 }))
      .sort((a, b) => a.weight - b.weight)
    const points = percentiles(
      Float64Array.from(weighted, ({ fixed }) => fromFixed(fixed) + SHIFT),
      Float64Array.from(weighted, ({ weight }) => weight),
      curveProbabilities,
    )
    return {
      points: Float32Array.from(points, (point) => point - SHIFT),
      weight: trusted.length / (trusted.length + HALF_WEIGHT_VALUES),
    }
  }

  #insert(instance: number, fixed: number): void {
    const held = this.#entries.reduce((count, [other]) => count + (other === instance ? 1 : 0), 0)
    if (held >= MAX_INSTANCE_VALUES) {
      this.#entries.splice(
        this.#entries.findIndex(([other]) => other === instance),
        1,
      )
    } else if (this.#entries.length >= MAX_VALUES) this.#entries.shift()
    this.#entries.push([instance, fixed])
    this.#madeBy = undefined
  }
}
