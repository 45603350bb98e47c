import { DueQueue } from './due-queue.ts'
import { UnitField } from './unit-records.ts'
import type { UnitTable } from './unit-table.ts'

/**
 * Makes the levels count what has arrived by the clock and is not set aside. Every change of what counts goes through
 * here.
 */
export class UnitCounting {
  readonly #table: UnitTable
  /** Units with samples that are still to come. */
  readonly #arrivals = new DueQueue<number>()
  #clockMs = -Infinity
  #setAside: ReadonlySet<number> = new Set()

  constructor(table: UnitTable) {
    this.#table = table
  }

  get clockMs(): number {
    return this.#clockMs
  }

  /** Sets the clock, forwards or back. */
  setClock(nowMs: number): void {
    const isSetBack = nowMs < this.#clockMs
    this.#clockMs = nowMs
    if (isSetBack) this.#recountThoseAfter(nowMs)
    for (let unit = this.#arrivals.takeDue(nowMs); unit !== undefined; unit = this.#arrivals.takeDue(nowMs)) {
      this.recount(unit)
    }
  }

  /** Makes these instances count nowhere, and all others as usual. */
  setAside(instances: ReadonlySet<number>): void {
    const before = this.#setAside
    this.#setAside = instances
    const isSame = before.size === instances.size && [...before].every((instance) => instances.has(instance))
    if (isSame) return
    for (const unit of this.#table.all()) {
      const instance = this.#table.instanceOf(unit)
      if (before.has(instance) !== instances.has(instance)) this.recount(unit)
    }
  }

  /** Counts what was added to a unit: at once where it can be told that this is one sample which has arrived. */
  countAdded(unit: number, arrivedMs: number, windowStartMs: number): void {
    const { records } = this.#table
    const size = records.get(unit, UnitField.SIZE)
    const isWhole = records.get(unit, UnitField.COUNTED) === size - 1
    const isInside = arrivedMs > windowStartMs && arrivedMs <= this.#clockMs
    if (isWhole && isInside && !this.#isSetAside(unit)) this.#setCounted(unit, size)
    else this.#schedule(unit)
  }

  recount(unit: number): void {
    const counted = this.#isSetAside(unit) ? 0 : this.#table.samples.countThrough(unit, this.#clockMs)
    this.#setCounted(unit, counted)
    this.#schedule(unit)
  }

  /** Makes nothing of a unit count, before it goes. */
  forget(unit: number): void {
    this.#arrivals.cancel(unit)
    this.#setCounted(unit, 0)
  }

  #isSetAside(unit: number): boolean {
    return this.#setAside.size > 0 && this.#setAside.has(this.#table.instanceOf(unit))
  }

  #setCounted(unit: number, counted: number): void {
    const change = counted - this.#table.countedOf(unit)
    if (change === 0) return
    this.#table.watcher?.beforeChange(unit)
    this.#table.records.set(unit, UnitField.COUNTED, counted)
    this.#table.cells.count(this.#table.cellOf(unit), this.#table.instanceOf(unit), change)
  }

  /** Asks for a unit again when its next sample arrives; one that is set aside is asked for when it counts again. */
  #schedule(unit: number): void {
    if (this.#isSetAside(unit)) return
    const nextMs = this.#table.samples.nextArrivalMs(unit)
    if (nextMs !== undefined) this.#arrivals.schedule(unit, nextMs)
  }

  #recountThoseAfter(nowMs: number): void {
    for (const unit of this.#table.all()) {
      if (this.#table.samples.newestMs(unit) <= nowMs) continue
      this.#setCounted(unit, 0) // other samples may count now even where their number is the same
      this.recount(unit)
    }
  }
}
