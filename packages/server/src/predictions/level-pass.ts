import type { CellUnits } from './cells.ts'
import type { Level } from './level.ts'
import type { LevelSums } from './level-sums.ts'
import { NO_UNIT, UnitField } from './unit-records.ts'
import type { UnitTable, UnitWatcher } from './unit-table.ts'

/** Samples after which the time is looked at: about a tenth of a millisecond. */
const SAMPLES_A_LOOK = 1000
/** What looking at a unit costs, in samples. */
const UNIT_COST = 2

/**
 * One walk over the units of a level that sums them up, in as many slices as it takes.
 *
 * What comes out is the level as it was when the walk began, to the last event: a unit that is about to change before
 * the walk has come to it is summed up first, and one that is opened meanwhile is left out. So the number of events, the
 * percentiles and the weights of one summary belong together.
 */
export class LevelPass implements UnitWatcher {
  readonly #table: UnitTable
  readonly #level: Level
  readonly #sums: LevelSums
  readonly #number: number
  readonly #eventCount: number
  readonly #cells: readonly CellUnits[]
  #nextCell = 0
  #nextUnit = NO_UNIT

  /** Begins to watch the table, which nobody else may watch until `end`. */
  constructor(table: UnitTable, level: Level, sums: LevelSums) {
    this.#table = table
    this.#level = level
    this.#sums = sums
    this.#number = table.nextPassNumber()
    this.#eventCount = level.eventCount
    this.#cells = [...level.cells]
    table.watcher = this
  }

  /** Goes on until all is summed up or the time is spent. Returns whether all is. */
  work(isSpent: () => boolean): boolean {
    for (let looked = 0; this.#moveOn();) {
      const unit = this.#nextUnit
      this.#nextUnit = this.#table.nextOf(unit)
      looked += UNIT_COST + this.#see(unit)
      if (looked < SAMPLES_A_LOOK) continue
      looked = 0
      if (isSpent()) return false
    }
    return true
  }

  /** Ends the watch. Returns whether the sums hold the whole level: not where it was dissolved under way. */
  end(): boolean {
    this.#table.watcher = undefined
    return this.#sums.eventCount === this.#eventCount
  }

  beforeChange(unit: number): void {
    if (this.#table.cellOf(unit).levels.includes(this.#level)) this.#see(unit)
  }

  afterOpening(unit: number): void {
    this.#table.records.set(unit, UnitField.SEEN, this.#number)
  }

  beforeClosing(unit: number): void {
    this.beforeChange(unit)
    if (this.#nextUnit === unit) this.#nextUnit = this.#table.nextOf(unit)
  }

  /** Finds the next unit. Returns whether there is one. */
  #moveOn(): boolean {
    while (this.#nextUnit === NO_UNIT) {
      const cell = this.#cells[this.#nextCell++]
      if (cell === undefined) return false
      this.#nextUnit = cell.firstUnit
    }
    return true
  }

  /** Sums up a unit, once. Returns how many samples that took. */
  #see(unit: number): number {
    const { records } = this.#table
    if (records.get(unit, UnitField.SEEN) === this.#number) return 0
    records.set(unit, UnitField.SEEN, this.#number)
    return this.#sums.add(unit)
  }
}
