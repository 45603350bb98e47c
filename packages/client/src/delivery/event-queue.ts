import type { TaskCompletionEvent } from '../protocol/index.ts'

/** Beyond this many consumed slots, and only when they are the larger part, the array is cut. */
const MIN_SLOTS_TO_CUT = 1024

/**
 * A bounded first-in, first-out queue; when it is full the oldest item makes room.
 *
 * Consumed slots stay at the array's front until they are the larger part of it: `shift()` on an array of thousands
 * moves every item, and putting a batch back finds its old slots still free.
 */
export class EventQueue<Item = TaskCompletionEvent> {
  readonly #maxSize: number
  readonly #onEvict: (evicted: number) => void
  #items: (Item | undefined)[] = []
  #head = 0

  /**
   * @param maxSize items it holds at most.
   * @param onEvict told how many of the oldest items just made room.
   */
  constructor(maxSize = 1000, onEvict: (evicted: number) => void = () => {}) {
    this.#maxSize = maxSize
    this.#onEvict = onEvict
  }

  /** Items waiting. */
  get size(): number {
    return this.#items.length - this.#head
  }

  get isEmpty(): boolean {
    return this.size === 0
  }

  /** Adds one item at the end. */
  put(item: Item): void {
    this.#items.push(item)
    this.#evictBeyondMax()
  }

  /** Removes and returns up to `maxItems` of the oldest items. */
  drain(maxItems: number): Item[] {
    const end = Math.min(this.#head + Math.max(maxItems, 0), this.#items.length)
    const drained = this.#items.slice(this.#head, end) as Item[]
    this.#skipTo(end)
    return drained
  }

  /** Returns items to the front in the order given, as if they had never been drained. */
  putBack(items: readonly Item[]): void {
    if (items.length <= this.#head) {
      this.#head -= items.length
      for (const [offset, item] of items.entries()) this.#items[this.#head + offset] = item
    } else {
      this.#items = [...items, ...this.#items.slice(this.#head)]
      this.#head = 0
    }
    this.#evictBeyondMax()
  }

  #evictBeyondMax(): void {
    const excess = this.size - this.#maxSize
    if (excess <= 0) return
    this.#skipTo(this.#head + excess)
    this.#onEvict(excess)
  }

  #skipTo(head: number): void {
    this.#items.fill(undefined, this.#head, head) // so that what was consumed can be collected
    this.#head = head
    if (this.#head > MIN_SLOTS_TO_CUT && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
  }
}
