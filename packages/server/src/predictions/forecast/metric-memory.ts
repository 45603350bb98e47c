import { Calibration } from './calibration.ts'
import type { MetricCheckpoint } from './checkpoint.ts'
import { ConformalBank } from './conformal-bank.ts'
import type { Cell } from '../level-rules.ts'
import { MEMORY_COUNT } from './forecast-fit.ts'
import { BANK_COUNT, memoryIndexes } from './forecast-snapshot.ts'
import type { ForecastSnapshot, MetricTables, Standing } from './forecast-snapshot.ts'
import { MemoryChoice } from './memory-choice.ts'
import { OwnValues } from './own-values.ts'
import type { OwnShape, ShapeRule } from './own-values.ts'
import { pinballLoss } from './quantile-curve.ts'

/** Where and when a task that is observed belongs. */
export interface ObservedPlace {
  readonly cell: Cell
  /** `cellKey` of the cell. */
  readonly key: string
  /** The cell's groups in the forecast that is judged. */
  readonly groups: Int32Array
  /** UTC days since 1970. */
  readonly day: number
}

/** How one metric's forecasts have turned out: what calibrates the next ones. Soft state, in order of arrival. */
export class MetricMemory {
  readonly banks = memoryIndexes.map(() => Array.from({ length: BANK_COUNT }, () => new ConformalBank()))
  readonly choice = new MemoryChoice()
  readonly ownValues = new Map<string, OwnValues>()
  readonly calibration = new Calibration()
  readonly #metric: number
  readonly #sinceAdopted = new Set<string>()
  /** Of the memories, for the event that is being observed. */
  readonly #standings: Standing[] = []
  readonly #losses = new Float64Array(MEMORY_COUNT)

  constructor(metric: number) {
    this.#metric = metric
  }

  /** Compares what was forecast with what came, then learns the difference. `value` is ln value. */
  observe(snapshot: ForecastSnapshot, place: ObservedPlace, instance: number, value: number): void {
    if (!this.#takeStandings(snapshot, place)) return

    const answering = snapshot.tables[this.#metric]?.memory ?? 0
    for (let memory = 0; memory < MEMORY_COUNT; memory++) {
      const standing = this.#standings[memory] as Standing
      const points = snapshot.pooledPoints(this.#metric, memory, standing)
      this.#losses[memory] = pinballLoss(points, value)
      if (memory === answering) this.#judge(snapshot, place, standing.location, points, value)
      this.banks[memory]?.[standing.bank]?.add(instance, (value - standing.location) / standing.spread)
    }
    this.choice.add(instance, this.#losses)
    const { location } = this.#standings[answering] as Standing
    this.#openOwnValues(place.key).add(instance, value - location)
    this.#sinceAdopted.add(place.key)
  }

  /** Returns whether all memories expect something. */
  #takeStandings(snapshot: ForecastSnapshot, { cell, groups }: ObservedPlace): boolean {
    for (let memory = 0; memory < MEMORY_COUNT; memory++) {
      const standing = snapshot.standing(this.#metric, memory, cell, groups)
      if (standing === undefined) return false
      this.#standings[memory] = standing
    }
    return true
  }

  /** Forgets the cells that `isKnown` no longer knows, but for those that have just come. */
  forgetCells(isKnown: (key: string) => boolean): void {
    for (const key of this.ownValues.keys()) {
      if (!isKnown(key) && !this.#sinceAdopted.has(key)) this.ownValues.delete(key)
    }
    this.#sinceAdopted.clear()
  }

  /** What a snapshot answers with. */
  tables(rule: ShapeRule): MetricTables {
    const ownShapes = new Map<string, OwnShape>()
    for (const key of [...this.ownValues.keys()].sort()) {
      const shape = this.ownValues.get(key)?.shape(rule)
      if (shape !== undefined) ownShapes.set(key, shape)
    }
    return {
      memory: this.choice.best(),
      banks: this.banks.map((banks) => banks.map((bank) => bank.quantiles())),
      ownShapes,
    }
  }

  /** Takes away whatever an instance has left here; counts by day name nobody and stay. */
  forget(instance: number): void {
    for (const bank of this.banks.flat()) bank.forget(instance)
    this.choice.forget(instance)
    for (const values of this.ownValues.values()) values.forget(instance)
  }

  /** Adds every instance that the state refers to. */
  noteInstances(used: Set<number>): void {
    for (const bank of this.banks.flat()) for (const [instance] of bank.entries()) used.add(instance)
    for (const [instance] of this.choice.entries()) used.add(instance)
    for (const values of this.ownValues.values())
      for (const [instance] of values.entries()) used.add(instance)
  }

  /** The state with instances renumbered. */
  save(rank: (instance: number) => number): MetricCheckpoint {
    const renumber = <Value>(entries: Iterable<readonly [number, Value]>) =>
      Array.from(entries, ([instance, value]) => [rank(instance), value] as const)
    return {
      banks: this.banks.map((banks) => banks.map((bank) => renumber(bank.entries()))),
      losses: renumber(this.choice.entries()),
      ownValues: [...this.ownValues]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, values]) => ({
          key,
          entries: renumber(values.entries()),
          isFresh: this.#sinceAdopted.has(key),
        })),
      calibration: this.calibration.entries(),
    }
  }

  restore(saved: MetricCheckpoint): void {
    for (const [memory, banks] of saved.banks.entries()) {
      for (const [bank, entries] of banks.entries()) this.banks[memory]?.[bank]?.restore(entries)
    }
    this.choice.restore(saved.losses)
    for (const { key, entries, isFresh } of saved.ownValues) {
      this.#openOwnValues(key).restore(entries)
      if (isFresh) this.#sinceAdopted.add(key)
    }
    this.calibration.restore(saved.calibration)
  }

  #judge(
    snapshot: ForecastSnapshot,
    { key, day }: ObservedPlace,
    location: number,
    points: number[],
    value: number,
  ): void {
    const curve = snapshot.blendedCurve(this.#metric, key, location, points)
    const isInside = curve.quantile(0.1) <= value && value <= curve.quantile(0.9)
    this.calibration.add(day, isInside, pinballLoss(curve.points, value))
  }

  #openOwnValues(key: string): OwnValues {
    const known = this.ownValues.get(key)
    if (known !== undefined) return known
    const values = new OwnValues()
    this.ownValues.set(key, values)
    return values
  }
}
