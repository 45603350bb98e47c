import { AppendedRow, type AppendedRows } from '../storage/store.ts'
import type { EventRows } from '../storage/event-rows.ts'
import { CellsByCode } from './cells-by-code.ts'
import type { CellUnits } from './cells.ts'
import { CrowdedCells } from './crowded-cells.ts'
import type { FrozenUnits } from './frozen-units.ts'
import { ALL_TASKS, type Cell } from './level-rules.ts'
import type { Level } from './level.ts'
import { ModelNames } from './model-names.ts'
import {
  type Observation,
  SAMPLE_WIDTH,
  SampleField,
  sampleReportsUsage,
  writeSample,
} from './observation.ts'
import { readSample } from './row-samples.ts'
import { utcDay } from './utc-day.ts'
import type { SketchedSamples } from './sketched-samples.ts'
import { cellOf, type StoredUnit, unitKey } from './stored-unit.ts'
import { TimeBuckets } from './time-buckets.ts'
import { decodeUnit, isOutdated } from './unit-codec.ts'
import { UnitCounting } from './unit-counting.ts'
import { NO_UNIT } from './unit-records.ts'
import { UnitTable } from './unit-table.ts'
import { UnsavedUnits } from './unsaved-units.ts'
import { WeekMerger } from './week-merger.ts'

export type { StoredUnit } from './stored-unit.ts'

/** More would say the same: ranks in a sample of so many are off by 0.8 points. */
const MAX_INSTANCES_PER_CELL = 4096

export interface UnitsSettings {
  readonly windowMs: number
  /** Instances that must count for a model before it has levels of its own; 1 by default. */
  readonly minModelInstances?: number
  /** Instances kept of one exact cell in one time bucket; 4 096 by default. */
  readonly maxInstancesPerCell?: number
}

/**
 * Everything that predictions know: the units of the window, and the levels that count them.
 *
 * Always true
 * - A unit depends on the set of events folded into it, never on their order, on batches or on restarts.
 * - The levels count exactly the samples with clock - window < received_at <= clock, where the clock is the moment last
 *   given to `expire`. What is of another time when it is folded waits for the next `expire`.
 * - Of an instance that is set aside everything is kept and nothing counts.
 * - A sample that has left the window is gone for good, also when the clock is set back. One that has not arrived yet
 *   by the clock waits.
 *
 * At the edge of the window samples leave to the millisecond, in days and in weeks. Only those of a unit that is sketched
 * (more than 1 000 samples) leave together, at the end of their day, or of their week once it is closed.
 */
export class Units {
  /** Events that are not kept, by reason. */
  readonly notKept = { no_usage: 0, before_window: 0, instance_deleted: 0, beyond_crowd: 0 }
  /** For whoever reads what counts. */
  readonly table: UnitTable
  readonly #windowMs: number
  readonly #buckets: TimeBuckets
  readonly #crowded: CrowdedCells
  readonly #counting: UnitCounting
  readonly #weeks: WeekMerger
  readonly #unsaved: UnsavedUnits
  readonly #models = new ModelNames()
  readonly #cellsByCode: CellsByCode
  /** The one that is being added. */
  readonly #sample = new Float64Array(SAMPLE_WIDTH)
  /** Deleted while this runs. Their ids are never given again. */
  readonly #deleted = new Set<string>()

  constructor({ windowMs, minModelInstances = 1, maxInstancesPerCell }: UnitsSettings) {
    this.#windowMs = windowMs
    this.table = new UnitTable(minModelInstances)
    this.#buckets = new TimeBuckets(windowMs)
    const maxInstances = maxInstancesPerCell ?? MAX_INSTANCES_PER_CELL
    this.#crowded = new CrowdedCells(this.table, maxInstances, (unit) => this.#evict(unit))
    this.#counting = new UnitCounting(this.table)
    this.#weeks = new WeekMerger(this.table, this.#buckets, (unit) => this.#putIntoWeek(unit))
    this.#unsaved = new UnsavedUnits(this.table)
    this.#cellsByCode = new CellsByCode(this.table.cells, this.#models)
  }

  /** Adds one event. It must be new: a repeated one would count twice. */
  fold(observation: Observation): void {
    const { taskType, provider, complexity, instanceId } = observation
    writeSample(observation, this.#sample)
    if (!this.#isKept(instanceId)) return
    const model = this.#models.canonical(observation.model)
    const cell = this.table.cells.open({ taskType, model, provider, complexity })
    this.#add(cell, this.table.instances.numberOf(instanceId))
    this.#counting.countNoted()
  }

  /** Adds the rows of one request that were not stored before: as `fold` does, in a third of the time. */
  foldRows(rows: EventRows, appended: AppendedRows): void {
    const { instanceId } = rows
    const instance = this.table.instances.numberOf(instanceId)
    for (let row = 0; row < rows.count; row++) {
      if (appended[row] !== AppendedRow.STORED) continue
      readSample(rows, row, this.#sample)
      if (this.#isKept(instanceId)) this.#add(this.#cellsByCode.open(rows, row), instance)
    }
    this.#counting.countNoted()
  }

  /** The clock, epoch milliseconds. */
  get clockMs(): number {
    return this.#counting.clockMs
  }

  /** Sets the clock: what has arrived by then counts, what has left the window is removed. */
  expire(nowMs: number): void {
    const closedFrom = this.#buckets.closeWeeks(nowMs)
    if (closedFrom !== undefined && this.table.size > 0) this.#weeks.noteFrom(closedFrom)
    // Whether a unit is sketched is decided by its whole week, so that comes together before parts of it leave.
    if (this.#weeks.isOpen(this.#buckets.firstDay(nowMs))) this.#weeks.work()

    this.#counting.setClock(nowMs)
    const endMs = nowMs - this.#windowMs
    const { departures, samples } = this.table
    for (let unit = departures.firstDue(endMs); unit !== undefined; unit = departures.firstDue(endMs)) {
      this.table.watcher?.beforeChange(unit)
      samples.removeThrough(unit, endMs)
      if (samples.sizeOf(unit) === 0) {
        this.#close(unit)
        continue
      }
      this.#noteChange(unit)
      this.#counting.recount(unit)
    }
  }

  /**
   * Brings the days of closed weeks together, until all is done or the time is spent. What counts does not depend on
   * it, but what is stored: whoever compares that, or saves it, ends this first.
   *
   * @returns whether all is done.
   */
  mergeWeeks(isSpent?: () => boolean): boolean {
    return this.#weeks.work(isSpent)
  }

  /** Makes these instances count nowhere, until a later call no longer names them. */
  setAside(instanceIds: ReadonlySet<string>): void {
    this.#counting.setAside(new Set(Array.from(instanceIds, (id) => this.table.instances.numberOf(id))))
  }

  /**
   * Removes an instance for good: as if it had never been. Its stored units are deleted by whoever deletes its events.
   *
   * @returns whether others had to make room for it (`Crowd`): only a rebuild brings back what they sent.
   */
  deleteInstance(instanceId: string): boolean {
    this.#deleted.add(instanceId)
    const instance = this.table.instances.numberOf(instanceId)
    let hasTakenRoom = false
    for (const unit of this.table.all()) {
      if (this.table.instanceOf(unit) !== instance) continue
      hasTakenRoom ||= this.#crowded.hasTakenRoom(unit)
      this.#unsaved.forget(unit)
      this.#counting.forget(unit)
      this.table.close(unit)
    }
    this.#unsaved.forgetRowsOf(instanceId)
    return hasTakenRoom
  }

  /** Everybody of whom anything is kept, set aside or not. */
  instanceIds(): ReadonlySet<string> {
    const numbers = new Set<number>()
    for (const unit of this.table.all()) numbers.add(this.table.instanceOf(unit))
    return new Set(Array.from(numbers, (number) => this.table.instances.idOf(number)))
  }

  /** Events of an instance that count, in all. */
  eventsOf(instanceId: string): number {
    const instance = this.table.instances.find(instanceId)
    return instance === undefined ? 0 : (this.table.cells.levelAt(ALL_TASKS)?.instances.get(instance) ?? 0)
  }

  /**
   * Takes a stored unit as it is, in place of what is known of it; one without samples is stored no more. Throws a
   * `ServerError` where it cannot be read.
   */
  load(stored: StoredUnit): void {
    if (stored.samples.length === 0) {
      this.#drop(stored)
      return
    }
    const contents = decodeUnit(stored.samples, stored.day)
    const unit = this.#openUnit(cellOf(stored), stored.instanceId, stored.day)
    if (unit === NO_UNIT) {
      this.#unsaved.giveBack(stored)
      return
    }
    this.#counting.forget(unit)
    this.#putContents(unit, contents)
    this.#unsaved.noteRemoved(stored)
    this.#unsaved.noteSaved(unit)
    if (isOutdated(stored.samples)) this.#unsaved.noteChange(unit)
    if (this.table.samples.sizeOf(unit) === 0) {
      this.table.close(unit)
      return
    }
    this.#scheduleDeparture(unit)
    this.#counting.recount(unit)
    if (this.#buckets.bucketOf(stored.day) !== stored.day) this.#weeks.noteFrom(stored.day)
  }

  /** Removes all units, saved or not, to load others in their place. Nothing is dirty by that. */
  clear(): void {
    for (const unit of this.table.all()) {
      this.#counting.forget(unit)
      this.table.close(unit)
    }
    this.#unsaved.forgetAll()
  }

  /** The units that changed since the last call, ordered by key. Whoever takes them stores them. */
  takeDirty(): StoredUnit[] {
    const dirty = this.freezeDirty()
    dirty.work()
    return dirty.rows().sort((a, b) => (unitKey(a) < unitKey(b) ? -1 : 1))
  }

  /** As `takeDirty`, but made into rows bit by bit, as they are now whatever changes meanwhile. */
  freezeDirty(): FrozenUnits {
    return this.#unsaved.freeze()
  }

  /** Gives taken units back: storing them has failed, so the next call takes them again, as they are by then. */
  markDirty(taken: readonly StoredUnit[]): void {
    for (const row of taken) if (!this.#deleted.has(row.instanceId)) this.#unsaved.giveBack(row)
  }

  /** The levels of a cell that hold anything, index for index with `levelRules`. */
  levelsOf(cell: Cell): readonly (Level | undefined)[] {
    return this.table.cells.levelsOf(cell)
  }

  canonicalModel(raw: string): string {
    return this.#models.canonical(raw)
  }

  /** Whether `#sample` is to be kept; counts the reason where it is not. */
  #isKept(instanceId: string): boolean {
    const reason = this.#reasonNotToKeep(instanceId)
    if (reason !== undefined) this.notKept[reason]++
    return reason === undefined
  }

  #reasonNotToKeep(instanceId: string): keyof Units['notKept'] | undefined {
    const sample = this.#sample
    if (!sampleReportsUsage(sample)) return 'no_usage'
    // By the bucket, as whole ones are rebuilt: a unit that is sketched leaves the window at the end of its bucket.
    const day = utcDay(sample[SampleField.RECEIVED_AT_MS] as number)
    if (this.#buckets.isOver(day, this.#counting.clockMs)) return 'before_window'
    return this.#deleted.has(instanceId) ? 'instance_deleted' : undefined
  }

  /** Adds `#sample`, which is to be kept, if its cell has room. */
  #add(cell: CellUnits, instance: number): void {
    const receivedAtMs = this.#sample[SampleField.RECEIVED_AT_MS] as number
    const { clockMs } = this.#counting
    const bucket = this.#buckets.bucketOf(utcDay(receivedAtMs))
    const unit = this.#crowded.openUnit(cell, instance, bucket, this.#buckets.firstDay(clockMs))
    if (unit === NO_UNIT) {
      this.notKept.beyond_crowd++
      return
    }
    this.table.watcher?.beforeChange(unit)
    if (this.table.samples.insert(unit, this.#sample)) this.#scheduleDeparture(unit)
    this.#unsaved.noteChange(unit)
    this.#counting.noteAdded(unit, receivedAtMs, clockMs - this.#windowMs)
  }

  #openUnit(cell: Cell, instanceId: string, bucket: number): number {
    const firstDay = this.#buckets.firstDay(this.#counting.clockMs)
    const instance = this.table.instances.numberOf(instanceId)
    return this.#crowded.openUnit(this.table.cells.open(cell), instance, bucket, firstDay)
  }

  #drop(stored: StoredUnit): void {
    this.#unsaved.noteRemoved(stored)
    const unit = this.table.findStored(stored)
    if (unit === NO_UNIT) return
    this.#counting.forget(unit)
    this.#unsaved.forget(unit)
    this.table.close(unit)
  }

  #putContents(unit: number, contents: Float64Array | SketchedSamples): void {
    const { samples } = this.table
    samples.clear(unit)
    if (contents instanceof Float64Array) {
      for (let from = 0; from < contents.length; from += SAMPLE_WIDTH) samples.insert(unit, contents, from)
    } else {
      samples.putSketches(unit, contents)
    }
  }

  /** Notes that a unit has other samples than before; it has some. */
  #noteChange(unit: number): void {
    this.#unsaved.noteChange(unit)
    this.#scheduleDeparture(unit)
  }

  #scheduleDeparture(unit: number): void {
    this.table.scheduleDeparture(unit, this.#buckets.endOf(this.table.bucketOf(unit)))
  }

  #close(unit: number): void {
    this.#counting.forget(unit)
    this.#unsaved.noteClosing(unit)
    this.table.close(unit)
  }

  #evict(unit: number): void {
    this.notKept.beyond_crowd += this.table.samples.sizeOf(unit)
    this.#close(unit)
  }

  #putIntoWeek(unit: number): void {
    const day = this.table.bucketOf(unit)
    const week = this.#buckets.bucketOf(day)
    if (week === day) {
      this.#scheduleDeparture(unit) // of one that is sketched it is the end of the week now
      return
    }
    const weekly = this.#openUnit(this.table.cellOf(unit).cell, this.table.instanceIdOf(unit), week)
    if (weekly === NO_UNIT) {
      this.#evict(unit)
      return
    }
    this.table.moveAll(unit, weekly)
    this.#close(unit)
    this.#noteChange(weekly)
    this.#counting.recount(weekly)
  }
}
