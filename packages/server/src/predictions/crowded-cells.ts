import type { CellUnits } from './cells.ts'
import { Crowd } from './crowd.ts'
import { firstOfWeek } from './utc-day.ts'
import { NO_UNIT } from './unit-records.ts'
import type { UnitTable } from './unit-table.ts'

/** Opens units, as far as their cells have room for them (`Crowd`). */
export class CrowdedCells {
  readonly #table: UnitTable
  readonly #maxInstances: number
  /** Closes a unit that has to go, with all its samples. */
  readonly #evict: (unit: number) => void

  constructor(table: UnitTable, maxInstances: number, evict: (unit: number) => void) {
    this.#table = table
    this.#maxInstances = maxInstances
    this.#evict = evict
  }

  /**
   * Finds or opens a unit.
   *
   * @param firstDay the first day of the window.
   * @returns `NO_UNIT` where its instance is not among those that are kept.
   */
  openUnit(cell: CellUnits, instance: number, bucket: number, firstDay: number): number {
    const known = this.#table.find(cell, instance, bucket)
    if (known !== NO_UNIT) return known
    // With fewer units than that no bucket can have too many, so nothing is kept about it.
    if (cell.unitCount >= this.#maxInstances) cell.crowd ??= this.#gather(cell)
    cell.crowd?.forgetBefore(firstOfWeek(firstDay))
    const gone = cell.crowd?.add(bucket, instance, this.#table.instances.rankOf(instance))
    if (gone === instance) return NO_UNIT

    const unit = this.#table.open(cell, instance, bucket)
    const goneUnit = gone === undefined ? NO_UNIT : this.#table.find(cell, gone, bucket)
    // Only now: with its last unit a cell would go.
    if (goneUnit !== NO_UNIT) this.#evict(goneUnit)
    return unit
  }

  /** Whether others had to go from where an instance is. */
  hasTakenRoom(unit: number): boolean {
    return this.#table.cellOf(unit).crowd?.hasMadeRoomFor(this.#table.instanceOf(unit)) ?? false
  }

  #gather(cell: CellUnits): Crowd {
    const crowd = new Crowd(this.#maxInstances)
    for (const unit of this.#table.unitsOf(cell)) {
      const instance = this.#table.instanceOf(unit)
      crowd.add(this.#table.bucketOf(unit), instance, this.#table.instances.rankOf(instance))
    }
    return crowd
  }
}
