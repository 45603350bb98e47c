/** Entries that an instance may always have. */
const FREE_ENTRIES = 50
const MIN_SHARE = 0.05

/**
 * The last numbers that were accepted, each from an instance that holds no more than its quota of them.
 *
 * Always true
 * - An instance has at most 50 entries and 5 % (or 1.5 equal shares, where that is more) of all that are here. The quota
 *   counts what was accepted: counting what was offered would let a flood raise its own.
 * - The state depends on what was offered and in which order, nothing else.
 */
export class QuotaRing {
  readonly capacity: number
  readonly #width: number
  readonly #numbers: Int32Array
  readonly #instances: Int32Array
  readonly #held = new Map<number, number>()
  #next = 0
  #size = 0

  /** Every entry is `width` whole numbers of 32 bits. */
  constructor(capacity: number, width = 1) {
    this.capacity = capacity
    this.#width = width
    this.#numbers = new Int32Array(capacity * width)
    this.#instances = new Int32Array(capacity)
  }

  get size(): number {
    return this.#size
  }

  /** Whether the instance may add another entry. */
  accepts(instance: number): boolean {
    const held = this.#held.get(instance) ?? 0
    if (held < FREE_ENTRIES) return true
    const others = this.#held.has(instance) ? this.#held.size : this.#held.size + 1
    const share = Math.max(MIN_SHARE, Math.min(1, 1.5 / others))
    return held < FREE_ENTRIES + share * this.#size
  }

  /** Adds an entry that `accepts` allowed; the oldest makes room and is given to `onEvicted`. */
  push(instance: number, entry: ArrayLike<number>, onEvicted: (oldest: Int32Array) => void): void {
    const place = this.#next
    if (this.#size === this.capacity) {
      onEvicted(this.#entry(place))
      this.#count(this.#instances[place] as number, -1)
    } else this.#size++

    this.#numbers.set(entry, place * this.#width)
    this.#instances[place] = instance
    this.#count(instance, 1)
    this.#next = (place + 1) % this.capacity
  }

  /** Takes away the entries of one instance; the others keep their order. */
  forget(instance: number): void {
    const others = [...this.entries()].filter(([other]) => other !== instance)
    const numbers = others.map(([who, entry]) => [who, [...entry]] as const)
    this.#next = this.#size = 0
    this.#held.clear()
    for (const [who, entry] of numbers) this.push(who, entry, () => {})
  }

  /** Instance and numbers of every entry, the oldest first. */
  *entries(): Generator<readonly [instance: number, numbers: Int32Array]> {
    const first = this.#size === this.capacity ? this.#next : 0
    for (let offset = 0; offset < this.#size; offset++) {
      const place = (first + offset) % this.capacity
      yield [this.#instances[place] as number, this.#entry(place)]
    }
  }

  #entry(place: number): Int32Array {
    return this.#numbers.subarray(place * this.#width, (place + 1) * this.#width)
  }

  #count(instance: number, change: number): void {
    const held = (this.#held.get(instance) ?? 0) + change
    if (held === 0) this.#held.delete(instance)
    else this.#held.set(instance, held)
  }
}
