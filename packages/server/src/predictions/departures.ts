import { DAY_MS } from './utc-day.ts'
import { UnitField, type UnitRecords } from './unit-records.ts'

/**
 * Units by the moment through which something can be removed from them next: a binary heap of unit numbers whose
 * places stand in the records, 8 bytes a unit. A unit that departs after all others, as new ones do, is added in
 * constant time.
 */
export class Departures {
  readonly #records: UnitRecords
  #heap = new Int32Array(1024)
  #size = 0

  constructor(records: UnitRecords) {
    this.#records = records
  }

  /** The unit that departs first, if it is due at a moment; it stays here. */
  firstDue(nowMs: number): number | undefined {
    const first = this.#heap[0] as number
    return this.#size > 0 && this.#dueMs(first) <= nowMs ? first : undefined
  }

  add(unit: number): void {
    if (this.#size === this.#heap.length) {
      const grown = new Int32Array(Math.ceil(1.5 * this.#size))
      grown.set(this.#heap)
      this.#heap = grown
    }
    this.#place(unit, this.#size++)
    this.#rise(unit)
  }

  /** Finds a unit its place again after its `OLDEST` has changed. */
  move(unit: number): void {
    this.#rise(unit)
    this.#sink(unit)
  }

  remove(unit: number): void {
    const at = this.#records.get(unit, UnitField.HEAP)
    const last = this.#heap[--this.#size] as number
    this.#records.set(unit, UnitField.HEAP, -1)
    if (last === unit) return
    this.#place(last, at)
    this.move(last)
  }

  #rise(unit: number): void {
    const dueMs = this.#dueMs(unit)
    let at = this.#records.get(unit, UnitField.HEAP)
    while (at > 0) {
      const parentAt = (at - 1) >>> 1
      const parent = this.#heap[parentAt] as number
      if (this.#dueMs(parent) <= dueMs) break
      this.#place(parent, at)
      at = parentAt
    }
    this.#place(unit, at)
  }

  #sink(unit: number): void {
    const dueMs = this.#dueMs(unit)
    let at = this.#records.get(unit, UnitField.HEAP)
    for (;;) {
      const childAt = this.#earlierChildOf(at)
      if (childAt === undefined) break
      const child = this.#heap[childAt] as number
      if (dueMs <= this.#dueMs(child)) break
      this.#place(child, at)
      at = childAt
    }
    this.#place(unit, at)
  }

  #earlierChildOf(at: number): number | undefined {
    const left = 2 * at + 1
    const right = left + 1
    if (left >= this.#size) return undefined
    if (right >= this.#size) return left
    return this.#dueMs(this.#heap[right] as number) < this.#dueMs(this.#heap[left] as number) ? right : left
  }

  #place(unit: number, at: number): void {
    this.#heap[at] = unit
    this.#records.set(unit, UnitField.HEAP, at)
  }

  #dueMs(unit: number): number {
    return this.#records.get(unit, UnitField.BUCKET) * DAY_MS + this.#records.get(unit, UnitField.OLDEST)
  }
}
