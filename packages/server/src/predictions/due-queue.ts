interface Entry<T> {
  readonly dueMs: number
  readonly item: T
}

/** Items and the moment at which each wants to be looked at. A binary heap: asking whether any is due takes constant time. */
export class DueQueue<T> {
  readonly #heap: Entry<T>[] = []
  /** The entry that speaks for an item; others of the same item are leftovers and are skipped when they surface. */
  readonly #current = new Map<T, Entry<T>>()

  /** Asks for an item at `dueMs` (epoch milliseconds), or earlier where that was asked before. */
  schedule(item: T, dueMs: number): void {
    const known = this.#current.get(item)
    if (known !== undefined && known.dueMs <= dueMs) return

    const entry = { dueMs, item }
    this.#current.set(item, entry)
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1)
  }

  /** Forgets an item. */
  cancel(item: T): void {
    this.#current.delete(item)
  }

  /** Takes out one item that is due at `nowMs`; `undefined` where none is. */
  takeDue(nowMs: number): T | undefined {
    for (let first = this.#heap[0]; first !== undefined && first.dueMs <= nowMs; first = this.#heap[0]) {
      this.#removeFirst()
      if (this.#current.get(first.item) === first) {
        this.#current.delete(first.item)
        return first.item
      }
    }
    return undefined
  }

  #removeFirst(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink(0)
  }

  #rise(start: number): void {
    for (let index = start; index > 0;) {
      const parent = (index - 1) >>> 1
      if (this.#dueAt(parent) <= this.#dueAt(index)) return
      this.#swap(parent, index)
      index = parent
    }
  }

  #sink(start: number): void {
    for (let index = start; ;) {
      const left = 2 * index + 1
      const child = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left
      if (this.#dueAt(index) <= this.#dueAt(child)) return
      this.#swap(index, child)
      index = child
    }
  }

  /** Beyond the end nothing is ever due. */
  #dueAt(index: number): number {
    return this.#heap[index]?.dueMs ?? Infinity
  }

  #swap(a: number, b: number): void {
    const entry = this.#heap[a] as Entry<T>
    this.#heap[a] = this.#heap[b] as Entry<T>
    this.#heap[b] = entry
  }
}
