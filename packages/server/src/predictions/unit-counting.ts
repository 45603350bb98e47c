import { DueQueue } from './due-queue.ts'
import { UnitField, UnitFlag } from './unit-records.ts'
import type { UnitTable } from './unit-table.ts'

/**
 * Makes the levels count what has arrived by the clock and is not set aside. Every change of what counts goes through
 * here.
 */
export class UnitCounting {
  readonly #table: UnitTable
  /** Units with samples that are still to come. */
  readonly #arrivals = new DueQueue<number>()
  /** Every unit with `UnitFlag.TO_COUNT`, and some that no longer have it. */
  readonly #toCount: number[] = []
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

  /**
   * Notes that a sample was added to a unit. What has arrived counts from the next `countNoted`, so that the levels of
   * the many events of one request are counted once.
   */
  noteAdded(unit: number, arrivedMs: number, windowStartMs: number): void {
    if (arrivedMs > this.#clockMs) {
      if (!this.#isSetAside(unit)) this.#arrivals.schedule(unit, arrivedMs)
      return
    }
    const { records } = this.#table
    if (records.has(unit, UnitFlag.TO_COUNT)) return
    const isWhole = records.get(unit, UnitField.COUNTED) === records.get(unit, UnitField.SIZE) - 1
    if (!isWhole || arrivedMs <= windowStartMs) return this.#schedule(unit)
    records.raise(unit, UnitFlag.TO_COUNT)
    this.#toCount.push(unit)
  }

  /** Counts what `noteAdded` has noted. Nothing may ask what counts before. */
  countNoted(): void {
    for (const unit of this.#toCount) {
      if (!this.#table.records.has(unit, UnitFlag.TO_COUNT)) continue
      this.#table.records.lower(unit, UnitFlag.TO_COUNT)
      this.recount(unit)
    }
    this.#toCount.length = 0
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
