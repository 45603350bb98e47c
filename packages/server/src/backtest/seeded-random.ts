/** A reproducible source of randomness: the same seed gives the same numbers everywhere. */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** Evenly from 0 up to 1. Mulberry32: one word of state, good enough to draw samples. */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 up to `end`. */
  below(end: number): number {
    return Math.floor(this.uniform() * end)
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
    return radius * Math.cos(2 * Math.PI * this.uniform())
  }

  /** Student's t: heavier tails the fewer degrees of freedom. */
  studentT(freedom: number): number {
    let squares = 0
    for (let index = 0; index < freedom; index++) squares += this.normal() ** 2
    return this.normal() / Math.sqrt(squares / freedom)
  }

  /** An index, drawn in proportion to `weights`. */
  pick(weights: readonly number[]): number {
    let rest = this.uniform() * weights.reduce((sum, weight) => sum + weight, 0)
    for (const [index, weight] of weights.entries()) {
      rest -= weight
      if (rest < 0) return index
    }
    return weights.length - 1
  }

  /** A new list in random order. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const list = [...items]
    for (let last = list.length - 1; last > 0; last--) {
      const other = this.below(last + 1)
      ;[list[last], list[other]] = [list[other] as Item, list[last] as Item]
    }
    return list
  }
}
