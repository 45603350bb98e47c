import { type StoredUnit, unitKey } from './stored-unit.ts'
import { UnitFlag } from './unit-records.ts'
import type { UnitTable } from './unit-table.ts'

/**
 * Changed units as they were at one moment, made into rows in slices while others go on changing them.
 *
 * Always true
 * - A row says what its unit was at that moment, also where the unit is gone since.
 * - Samples that are added meanwhile cost hardly more than otherwise: packed ones lie behind those there were, and of
 *   sketches what came later is subtracted. A unit that is about to change in any other way is made a row first.
 * - Nothing is left of an instance that is deleted meanwhile.
 */
export class FrozenUnits {
  readonly #table: UnitTable
  /** Units that are no rows yet, each with the samples that it had. */
  readonly #sizes = new Map<number, number>()
  /** Rows of units that were closed, by key. */
  readonly #closed: Map<string, StoredUnit>
  #rows: StoredUnit[] = []

  /** Freezes units. The one before must be done. */
  constructor(table: UnitTable, units: readonly number[], closed: Map<string, StoredUnit>) {
    this.#table = table
    this.#closed = closed
    for (const unit of units) {
      this.#sizes.set(unit, table.samples.sizeOf(unit))
      table.records.raise(unit, UnitFlag.FROZEN)
      table.samples.sketchesOf(unit)?.freeze()
    }
    table.samples.beforeRewrite = (unit) => this.#makeRow(unit)
  }

  /** Goes on until every unit is a row or the time is spent. Returns whether all are. */
  work(isSpent: () => boolean = () => false): boolean {
    for (const unit of this.#sizes.keys()) {
      if (isSpent()) return false
      this.#makeRow(unit)
    }
    return true
  }

  /** All rows, once they are made; those without samples are to be removed. */
  rows(): StoredUnit[] {
    return [...this.#rows, ...this.#closed.values()]
  }

  /** Leaves out the rows of an instance, which somebody else removes. */
  forgetRowsOf(instanceId: string): void {
    this.#rows = this.#rows.filter((row) => row.instanceId !== instanceId)
    for (const [key, row] of this.#closed) if (row.instanceId === instanceId) this.#closed.delete(key)
  }

  #makeRow(unit: number): void {
    const row = this.#table.toStored(unit, this.#sizes.get(unit))
    this.#rows.push(row)
    // It was opened again under the key of one that was closed.
    if (this.#closed.size > 0) this.#closed.delete(unitKey(row))
    this.#sizes.delete(unit)
    this.#table.records.lower(unit, UnitFlag.FROZEN)
    this.#table.samples.sketchesOf(unit)?.thaw()
  }
}
