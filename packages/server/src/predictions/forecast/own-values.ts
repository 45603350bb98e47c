import { ascendingOrder } from '../ascending-order.ts'
import { percentiles, pick } from '../percentiles.ts'
import { fromFixed, toFixed } from './fixed-point.ts'
import { curveProbabilities } from './quantile-curve.ts'
import { waterFill } from './water-fill.ts'

/** The last values kept of one cell, and of one instance in it. */
const MAX_VALUES = 256
const MAX_INSTANCE_VALUES = 10
/** Entries that there is room for at first; it doubles. */
const FIRST_ROOM = 8
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
  /** Instance and fixed-point value of every entry, the oldest first, with room for more. */
  #instances = new Int32Array(FIRST_ROOM)
  #fixed = new Float64Array(FIRST_ROOM)
  #size = 0
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
    for (let place = this.#size - 1; place >= 0; place--) {
      if (this.#instances[place] === instance) this.#removeAt(place)
    }
    this.#madeBy = undefined
  }

  /** Instance and fixed-point value of every entry, the oldest first. */
  entries(): readonly (readonly [instance: number, fixed: number])[] {
    return Array.from(
      { length: this.#size },
      (_, place) => [this.#instances[place] as number, this.#fixed[place] as number] as const,
    )
  }

  /** Takes values as `entries` gave them. */
  restore(entries: Iterable<readonly [instance: number, fixed: number]>): void {
    for (const [instance, fixed] of entries) this.#insert(instance, fixed)
  }

  #computeShape({ minInstances, isTrusted }: ShapeRule): OwnShape | undefined {
    const ranks = new Map<number, number>()
    const rankOf = new Int32Array(this.#size)
    const values = new Float64Array(this.#size)
    let trusted = 0
    for (let place = 0; place < this.#size; place++) {
      const instance = this.#instances[place] as number
      if (!isTrusted(instance)) continue
      const rank = ranks.get(instance) ?? ranks.size
      ranks.set(instance, rank)
      rankOf[trusted] = rank
      values[trusted++] = fromFixed(this.#fixed[place] as number) + SHIFT
    }
    if (ranks.size < minInstances) return undefined

    const weights = weightsOf(rankOf.subarray(0, trusted), ranks.size)
    const order = ascendingOrder(weights) // as `percentiles` wants them
    const points = percentiles(pick(values, order), pick(weights, order), curveProbabilities)
    return {
      points: Float32Array.from(points, (point) => point - SHIFT),
      weight: trusted / (trusted + HALF_WEIGHT_VALUES),
    }
  }

  #insert(instance: number, fixed: number): void {
    let held = 0
    let oldest = 0
    for (let place = this.#size - 1; place >= 0; place--) {
      if (this.#instances[place] !== instance) continue
      held++
      oldest = place
    }
    if (held >= MAX_INSTANCE_VALUES) this.#removeAt(oldest)
    else if (this.#size >= MAX_VALUES) this.#removeAt(0)
    if (this.#size === this.#instances.length) this.#grow()
    this.#instances[this.#size] = instance
    this.#fixed[this.#size++] = fixed
    this.#madeBy = undefined
  }

  #removeAt(place: number): void {
    this.#instances.copyWithin(place, place + 1, this.#size)
    this.#fixed.copyWithin(place, place + 1, this.#size)
    this.#size--
  }

  #grow(): void {
    const [instances, fixed] = [this.#instances, this.#fixed]
    this.#instances = new Int32Array(2 * this.#size)
    this.#instances.set(instances)
    this.#fixed = new Float64Array(2 * this.#size)
    this.#fixed.set(fixed)
  }
}

/** What each value weighs, given whose it is, so that no instance holds more than its share. */
function weightsOf(rankOf: Int32Array, instances: number): Float64Array {
  const counts = new Float64Array(instances)
  for (let index = 0; index < rankOf.length; index++) {
    const rank = rankOf[index] as number
    counts[rank] = (counts[rank] as number) + 1
  }
  const factors = waterFill(counts, MIN_SHARE)
  const weights = new Float64Array(rankOf.length)
  for (let index = 0; index < rankOf.length; index++)
    weights[index] = factors[rankOf[index] as number] as number
  return weights
}
