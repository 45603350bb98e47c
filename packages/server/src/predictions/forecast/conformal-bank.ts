import { CURVE_POINTS } from './quantile-curve.ts'
import { QuotaRing } from './quota-ring.ts'

const CAPACITY = 3000
/** Steps per standard deviation: z is kept to a thousandth of a percent of one. */
const SCALE = 2 ** 16
/** Beyond this many standard deviations z is cut: it no longer says how far off, only that it is. */
const MAX_Z = 1000
/** Values that the assumed shape is worth. Fewer than a few hundred values tell outer quantiles badly. */
const PRIOR_VALUES = 150

/** Quantiles 0.05 … 0.95 of a standard normal. */
const NORMAL = [
  -1.6448536, -1.2815516, -1.0364334, -0.8416212, -0.6744898, -0.5244005, -0.3853205, -0.2533471, -0.1256613,
  0, 0.1256613, 0.2533471, 0.3853205, 0.5244005, 0.6744898, 0.8416212, 1.0364334, 1.2815516, 1.6448536,
] as const

/**
 * How far tasks really fell from their forecast, in its own standard deviations: the last 3 000 that the quotas accepted,
 * kept in order so that a quantile is a look-up. This is where shape and calibration come from; nothing is assumed
 * normal once there are values.
 */
export class ConformalBank {
  readonly #ring = new QuotaRing(CAPACITY)
  readonly #sorted = new Int32Array(CAPACITY)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Takes one z of an instance, unless its quota is used up. */
  add(instance: number, z: number): void {
    if (this.#ring.accepts(instance))
      this.#insert(instance, Math.round(Math.max(-MAX_Z, Math.min(MAX_Z, z)) * SCALE))
  }

  /** Type 6 quantiles 0.05 … 0.95, leaning on a normal while there are few values. */
  quantiles(): Float64Array {
    const points = new Float64Array(CURVE_POINTS)
    const own = this.#size / (this.#size + PRIOR_VALUES)
    for (let index = 0; index < CURVE_POINTS; index++) {
      const prior = NORMAL[index] as number
      points[index] = this.#size === 0 ? prior : own * this.#quantile((index + 1) / 20) + (1 - own) * prior
    }
    return points
  }

  forget(instance: number): void {
    for (const [other, z] of this.entries()) if (other === instance) this.#drop(z)
    this.#ring.forget(instance)
  }

  /** Instance and fixed-point z of every value, the oldest first. */
  *entries(): Generator<readonly [instance: number, z: number]> {
    for (const [instance, numbers] of this.#ring.entries()) yield [instance, numbers[0] as number]
  }

  /** Takes values as `entries` gave them. */
  restore(entries: Iterable<readonly [instance: number, z: number]>): void {
    for (const [instance, z] of entries) this.#insert(instance, z)
  }

  #insert(instance: number, z: number): void {
    this.#ring.push(instance, [z], (oldest) => this.#drop(oldest[0] as number))
    const place = this.#lowerBound(z)
    this.#sorted.copyWithin(place + 1, place, this.#size)
    this.#sorted[place] = z
    this.#size++
  }

  #drop(z: number): void {
    const place = this.#lowerBound(z)
    this.#sorted.copyWithin(place, place + 1, this.#size)
    this.#size--
  }

  #quantile(probability: number): number {
    const rank = Math.max(1, Math.min(this.#size, probability * (this.#size + 1)))
    const below = this.#sorted[Math.floor(rank) - 1] as number
    const above = this.#sorted[Math.min(this.#size - 1, Math.floor(rank))] as number
    return (below + (rank - Math.floor(rank)) * (above - below)) / SCALE
  }

  #lowerBound(z: number): number {
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] as number) < z) low = middle + 1
      else high = middle
    }
    return low
  }
}
