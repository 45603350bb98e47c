import { type CellUnits, Cells } from './cells.ts'
import { Departures } from './departures.ts'
import { InstanceNumbers } from './instance-numbers.ts'
import type { Level } from './level.ts'
import { cellOf, type StoredUnit, type UnitKey } from './stored-unit.ts'
import { DAY_MS } from './utc-day.ts'
import { UnitIndex } from './unit-index.ts'
import { NO_UNIT, UnitField, UnitRecords } from './unit-records.ts'
import { UnitSamples } from './unit-samples.ts'

/** Told of units before they change, so that it can still read them as they are. */
export interface UnitWatcher {
  /** Told before each change of samples or of what counts; at times also where nothing changes after all. */
  beforeChange(unit: number): void
  afterOpening(unit: number): void
  beforeClosing(unit: number): void
}

/**
 * The units: what one instance sent about one cell in one time bucket, each a number. About 75 bytes a unit, and 23 a
 * sample beside that.
 */
export class UnitTable {
  readonly records = new UnitRecords()
  readonly samples = new UnitSamples(this.records)
  readonly cells: Cells
  readonly instances = new InstanceNumbers()
  readonly departures = new Departures(this.records)
  /** At most one at a time. */
  watcher: UnitWatcher | undefined
  readonly #index = new UnitIndex({
    cellOf: (unit) => this.records.get(unit, UnitField.CELL),
    instanceOf: (unit) => this.instanceOf(unit),
    bucketOf: (unit) => this.bucketOf(unit),
  })
  #size = 0
  #passes = 0

  constructor(minModelInstances: number) {
    this.cells = new Cells(minModelInstances, (cell, visit) => this.#forEachCounted(cell, visit))
  }

  /** A number that no unit has been seen by (`UnitField.SEEN`). */
  nextPassNumber(): number {
    return ++this.#passes
  }

  get size(): number {
    return this.#size
  }

  /** The unit of a key, or `NO_UNIT`. */
  find(cell: CellUnits, instance: number, bucket: number): number {
    return this.#index.find(cell.number, instance, bucket)
  }

  /** Opens a unit without samples, whose key is not there yet. */
  open(cell: CellUnits, instance: number, bucket: number): number {
    const unit = this.records.open()
    this.records.set(unit, UnitField.CELL, cell.number)
    this.records.set(unit, UnitField.INSTANCE, instance)
    this.records.set(unit, UnitField.BUCKET, bucket)
    this.records.set(unit, UnitField.HEAP, -1)
    this.#index.add(unit)
    this.#putIntoList(cell, unit)
    this.#size++
    this.watcher?.afterOpening(unit)
    return unit
  }

  /** Closes a unit of which nothing counts any more; with its last unit a cell goes. */
  close(unit: number): void {
    this.watcher?.beforeClosing(unit)
    const cell = this.cellOf(unit)
    if (this.records.get(unit, UnitField.HEAP) !== -1) this.departures.remove(unit)
    this.samples.clear(unit)
    this.#index.remove(unit)
    this.#takeOutOfList(cell, unit)
    this.records.close(unit)
    this.#size--
    if (cell.unitCount === 0) this.cells.close(cell)
  }

  isOpen(unit: number): boolean {
    return this.records.get(unit, UnitField.CELL) !== NO_UNIT
  }

  cellOf(unit: number): CellUnits {
    return this.cells.at(this.records.get(unit, UnitField.CELL))
  }

  instanceOf(unit: number): number {
    return this.records.get(unit, UnitField.INSTANCE)
  }

  instanceIdOf(unit: number): string {
    return this.instances.idOf(this.instanceOf(unit))
  }

  /** The first day of its time bucket. */
  bucketOf(unit: number): number {
    return this.records.get(unit, UnitField.BUCKET)
  }

  countedOf(unit: number): number {
    return this.records.get(unit, UnitField.COUNTED)
  }

  /** Moves all samples of one unit to another one of the same cell and instance, and what counts with them. */
  moveAll(from: number, to: number): void {
    this.watcher?.beforeChange(from)
    this.watcher?.beforeChange(to)
    const counted = this.countedOf(from) + this.countedOf(to)
    this.samples.moveAll(from, to)
    this.records.set(from, UnitField.COUNTED, 0)
    this.records.set(to, UnitField.COUNTED, counted)
  }

  /** Makes `departures` name a unit when its oldest sample is due, or at the end of its bucket where it is sketched. */
  scheduleDeparture(unit: number, bucketEndMs: number): void {
    const isKnown = this.records.get(unit, UnitField.HEAP) !== -1
    if (this.samples.sketchesOf(unit) !== undefined)
      this.records.set(unit, UnitField.OLDEST, bucketEndMs - this.bucketOf(unit) * DAY_MS)
    if (isKnown) this.departures.move(unit)
    else this.departures.add(unit)
  }

  /** Every open unit; those that open meanwhile may be missing. */
  *all(): Generator<number> {
    for (let unit = 0; unit < this.records.end; unit++) if (this.isOpen(unit)) yield unit
  }

  *unitsOf(cell: CellUnits): Generator<number> {
    for (let unit = cell.firstUnit; unit !== NO_UNIT; unit = this.nextOf(unit)) yield unit
  }

  /** The units that count at a level. Nothing may change meanwhile. */
  unitsAt(level: Level): number[] {
    const units: number[] = []
    for (const cell of level.cells) {
      for (let unit = cell.firstUnit; unit !== NO_UNIT; unit = this.nextOf(unit)) {
        if (this.countedOf(unit) > 0) units.push(unit)
      }
    }
    return units
  }

  /** Events that count at a level, by instance id. */
  countsAt(level: Level): Map<string, number> {
    const counts = new Map<string, number>()
    level.instances.forEach((instance, events) => counts.set(this.instances.idOf(instance), events))
    return counts
  }

  keyOf(unit: number): UnitKey {
    const { taskType, model, provider, complexity } = this.cellOf(unit).cell
    const instanceId = this.instanceIdOf(unit)
    return { taskType, model, provider, complexity, instanceId, day: this.bucketOf(unit) }
  }

  /** Its row; of a unit that is not sketched with the samples that came first, if so wanted. */
  toStored(unit: number, size?: number): StoredUnit {
    const { taskType, model, provider, complexity, instanceId, day } = this.keyOf(unit)
    const samples = this.samples.encode(unit, size)
    return { taskType, model, provider, complexity, instanceId, day, samples }
  }

  /** The unit of a stored row, or `NO_UNIT`. */
  findStored(key: UnitKey): number {
    const cell = this.cells.find(cellOf(key))
    const instance = this.instances.find(key.instanceId)
    return cell === undefined || instance === undefined ? NO_UNIT : this.find(cell, instance, key.day)
  }

  /** The unit behind one in the list of its cell. */
  nextOf(unit: number): number {
    return this.records.get(unit, UnitField.NEXT)
  }

  #forEachCounted(cell: CellUnits, visit: (instance: number, events: number) => void): void {
    for (let unit = cell.firstUnit; unit !== NO_UNIT; unit = this.nextOf(unit)) {
      const counted = this.countedOf(unit)
      if (counted > 0) visit(this.instanceOf(unit), counted)
    }
  }

  #putIntoList(cell: CellUnits, unit: number): void {
    this.records.set(unit, UnitField.NEXT, cell.firstUnit)
    this.records.set(unit, UnitField.PREVIOUS, NO_UNIT)
    if (cell.firstUnit !== NO_UNIT) this.records.set(cell.firstUnit, UnitField.PREVIOUS, unit)
    cell.firstUnit = unit
    cell.unitCount++
  }

  #takeOutOfList(cell: CellUnits, unit: number): void {
    const next = this.nextOf(unit)
    const previous = this.records.get(unit, UnitField.PREVIOUS)
    if (next !== NO_UNIT) this.records.set(next, UnitField.PREVIOUS, previous)
    if (previous === NO_UNIT) cell.firstUnit = next
    else this.records.set(previous, UnitField.NEXT, next)
    cell.unitCount--
  }
}
