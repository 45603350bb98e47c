import { mixed } from './unit-index.ts'

/** Shared by all that have no pairs. */
const NONE = new Int32Array(2)

/**
 * Events by instance number, in one array of pairs: about 14 bytes an instance, where a map takes 40. There are many
 * levels of one instance alone, which do without the array.
 */
export class InstanceCounts {
  /** Instances with any events. */
  size = 0
  /** The only instance and its events, while there are no pairs. */
  #only = 0
  #onlyEvents = 0
  /** Pairs of instance number + 1 and events; a first number of 0 is a free pair. */
  #pairs = NONE

  /** Events of an instance. */
  get(instance: number): number {
    if (this.#pairs === NONE) return this.#only === instance ? this.#onlyEvents : 0
    return this.#pairs[2 * this.#find(instance) + 1] as number
  }

  /** Adds `change`, which may be negative; an instance without events is forgotten. */
  add(instance: number, change: number): void {
    if (this.#pairs === NONE && (this.size === 0 || this.#only === instance)) {
      this.#only = instance
      this.#onlyEvents += change
      this.size = this.#onlyEvents === 0 ? 0 : 1
      return
    }
    if (this.#pairs === NONE) this.#makePairs()
    this.#addToPairs(instance, change)
  }

  /** Calls back for every instance, in no order that means anything. */
  forEach(visit: (instance: number, events: number) => void): void {
    if (this.#pairs === NONE && this.size > 0) visit(this.#only, this.#onlyEvents)
    for (let index = 0; index < this.#pairs.length; index += 2) {
      const entry = this.#pairs[index] as number
      if (entry !== 0) visit(entry - 1, this.#pairs[index + 1] as number)
    }
  }

  #makePairs(): void {
    this.#pairs = new Int32Array(8)
    this.size = 0
    this.#addToPairs(this.#only, this.#onlyEvents)
  }

  #addToPairs(instance: number, change: number): void {
    let at = this.#find(instance)
    if (this.#pairs[2 * at] === 0) {
      if (change === 0) return
      // At most three quarters full, and never without a free pair.
      if (4 * (this.size + 1) > 3 * (this.#pairs.length / 2)) {
        this.#grow()
        at = this.#find(instance)
      }
      this.#pairs[2 * at] = instance + 1
      this.size++
    }
    const events = (this.#pairs[2 * at + 1] as number) + change
    this.#pairs[2 * at + 1] = events
    if (events === 0) this.#remove(at)
  }

  /** The place of an instance, or the free one where it would stand. */
  #find(instance: number): number {
    const mask = this.#pairs.length / 2 - 1
    let at = mixed(instance) & mask
    for (;;) {
      const entry = this.#pairs[2 * at] as number
      if (entry === 0 || entry === instance + 1) return at
      at = (at + 1) & mask
    }
  }

  #grow(): void {
    const before = this.#pairs
    this.#pairs = new Int32Array(2 * before.length)
    for (let index = 0; index < before.length; index += 2) {
      const entry = before[index] as number
      if (entry === 0) continue
      const at = this.#find(entry - 1)
      this.#pairs[2 * at] = entry
      this.#pairs[2 * at + 1] = before[index + 1] as number
    }
  }

  #remove(at: number): void {
    this.size--
    const pairs = this.#pairs
    const mask = pairs.length / 2 - 1
    let free = at
    // Whoever stands behind and could not be found across the gap moves into it.
    for (let next = (at + 1) & mask; pairs[2 * next] !== 0; next = (next + 1) & mask) {
      const home = mixed((pairs[2 * next] as number) - 1) & mask
      if (((next - home) & mask) < ((next - free) & mask)) continue
      pairs[2 * free] = pairs[2 * next] as number
      pairs[2 * free + 1] = pairs[2 * next + 1] as number
      free = next
    }
    pairs[2 * free] = 0
    pairs[2 * free + 1] = 0
  }
}
