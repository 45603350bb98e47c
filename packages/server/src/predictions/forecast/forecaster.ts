/**
 * The forecast: what the next task will take, as a calibrated distribution.
 *
 * The parts, and who owns them
 * - `UnitSums` (units): whole-number sums by cell, instance and day. Commutative; the same events give the same bytes in
 *   any order. Expiry, deletion and rebuild happen there.
 * - `fitForecast(columns, options)` (fit): a pure function of those sums and the day. Slow (a fraction of a second), so
 *   it runs in a worker: columns go in, plain data comes out, both can be cloned or transferred.
 * - `Forecaster` (soft state): how earlier forecasts turned out. It depends on the order of arrival: after a rebuild it
 *   is replayed in the order of `received_at`.
 * - `ForecastSnapshot`: everything a query reads, made by `adopt`, swapped as a whole, never changed.
 *
 * For every stored event, in order of arrival: `observe(event)`, which judges the forecast as it stood, then
 * `units.add(event)`. After 2 % new events: fit, then `adopt(fit)`. Nothing a query can see changes in between, so a fit
 * may take its time. `ForecastLearner` does all of that; `ForecastReader` answers.
 *
 * Always true
 * - What is observed between two adoptions is judged by the first: no forecast has seen the task it is judged by.
 * - The same calls in the same order give the same checkpoint, byte for byte.
 * - An instance that the fit has set aside adds nothing, and no instance adds more than its quota.
 * - A query reads the snapshot and costs the same whatever was learned.
 *
 * The fit depends on the units alone: after a deletion or a rebuild it is what it would be had nothing else ever been
 * there. The soft state names instances, so `forget` belongs to a deletion; counts by day name nobody and stay.
 *
 * After a crash: `ForecastLearner.restore`, which brings back units, soft state and the forecast that stood, then the
 * events after it.
 */

import type { Cell } from '../level-rules.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import { cellKey, type ForecastEvent } from './forecast-event.ts'
import type { ForecastFit } from './forecast-fit.ts'
import type { PublishedForecast } from './forecast-reader.ts'
import { ForecastSnapshot } from './forecast-snapshot.ts'
import { MetricMemory } from './metric-memory.ts'
import type { ShapeRule } from './own-values.ts'

/** Distinct instances from which the shape of a cell is its own; in a team as many as k would be. */
const SHAPE_INSTANCES = 3
const INSTANCES_PER_SHAPE_INSTANCE = 4

/** Judges every forecast by the task that came, and answers with what that taught. */
export class Forecaster {
  readonly metrics: readonly MetricMemory[]
  /** Numbers of the instances by name: soft state holds numbers. */
  readonly #instances = new Map<string, number>()
  /** Of the cells observed since the standing forecast was made, by `cellKey`. */
  readonly #groups = new Map<string, Int32Array>()
  #published: PublishedForecast | undefined
  #snapshot: ForecastSnapshot | undefined
  #distrusted: ReadonlySet<number> = new Set()
  #shapeRule: ShapeRule & { readonly distrusted: ReadonlySet<number> } = shapeRule(1, new Set())
  #nextInstance = 0

  constructor(metricCount: number) {
    this.metrics = Array.from({ length: metricCount }, (_, metric) => new MetricMemory(metric))
  }

  /** The standing forecast; undefined until the first adoption. */
  get published(): PublishedForecast | undefined {
    return this.#published
  }

  /** What queries read of it. */
  get snapshot(): ForecastSnapshot | undefined {
    return this.#snapshot
  }

  /** Judges the standing forecast by a task that has come, and learns how far off it was. */
  observe(event: ForecastEvent): void {
    const snapshot = this.#snapshot
    if (snapshot === undefined) return
    const instance = this.#numberOf(event.instanceId)
    if (this.#distrusted.has(instance)) return

    const { cell, day } = event
    const key = cellKey(cell)
    const place = { cell, key, groups: this.#groupsOf(snapshot, cell, key), day }
    for (const [metric, memory] of this.metrics.entries()) {
      const value = event.values[metric] ?? 0
      if (value >= 1) memory.observe(snapshot, place, instance, Math.log(value))
    }
  }

  /** Answers from now on with a fit and with what was learned until now. */
  adopt(fit: ForecastFit): void {
    const cellGroups = fit.layout.groups.at(-1)
    for (const memory of this.metrics) memory.forgetCells((key) => cellGroups?.has(key) === true)
    this.#stand(this.preview(fit))
  }

  /** What `adopt` would answer with; nothing changes. */
  preview(fit: ForecastFit): PublishedForecast {
    const rule = this.#ruleOf(fit)
    return {
      fit,
      tables: this.metrics.map((memory) => memory.tables(rule)),
      calibration: this.metrics.map(({ calibration }) => calibration.figures(fit.today)),
    }
  }

  /** Takes away whatever an instance has left here. Its units go with `UnitSums.deleteInstance`; then fit and adopt. */
  forget(instanceId: string): void {
    const instance = this.#instances.get(instanceId)
    if (instance === undefined) return
    for (const memory of this.metrics) memory.forget(instance)
    // The number stays taken, so that nobody else inherits what a stale fit says of it.
    this.#instances.delete(instanceId)
  }

  /** The soft state as bytes: see `checkpoint.ts`. */
  checkpoint(): Uint8Array<ArrayBuffer> {
    const used = new Set<number>()
    for (const memory of this.metrics) memory.noteInstances(used)
    const instances = [...this.#instances].filter(([, number]) => used.has(number)).sort(byName)
    const rank = new Map(instances.map(([, number], index) => [number, index]))
    return encodeCheckpoint({
      instances: instances.map(([name]) => name),
      metrics: this.metrics.map((memory) => memory.save((number) => rank.get(number) ?? 0)),
    })
  }

  /**
   * Takes the soft state of a checkpoint, and the forecast that stood then. Call once, before anything is observed; of no
   * use any more where it returns false.
   */
  restore(bytes: Uint8Array, standing?: PublishedForecast): boolean {
    const saved = decodeCheckpoint(bytes)
    if (saved === undefined || saved.metrics.length !== this.metrics.length) return false
    for (const name of saved.instances) this.#numberOf(name)
    for (const [metric, memory] of saved.metrics.entries()) this.metrics[metric]?.restore(memory)
    if (standing !== undefined) this.#stand(standing)
    return true
  }

  /** Tasks repeat few cells between two fits. */
  #groupsOf(snapshot: ForecastSnapshot, cell: Cell, key: string): Int32Array {
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const groups = snapshot.groups(cell)
    this.#groups.set(key, groups)
    return groups
  }

  #stand(published: PublishedForecast): void {
    this.#groups.clear()
    this.#published = published
    this.#snapshot = new ForecastSnapshot(published.fit, published.tables)
    this.#distrusted = this.#setAside(published.fit)
  }

  #setAside({ distrusted }: ForecastFit): ReadonlySet<number> {
    return new Set([...distrusted].flatMap(([name, trust]) => (trust === 0 ? [this.#numberOf(name)] : [])))
  }

  /** The rule for shapes under a fit: the last one, where it says the same, so that shapes need not be made again. */
  #ruleOf(fit: ForecastFit): ShapeRule {
    const minInstances = Math.max(
      fit.minInstances,
      Math.min(SHAPE_INSTANCES, Math.floor(fit.instances / INSTANCES_PER_SHAPE_INSTANCE)),
    )
    const distrusted = this.#setAside(fit)
    const last = this.#shapeRule
    const isSame =
      last.minInstances === minInstances &&
      last.distrusted.size === distrusted.size &&
      [...distrusted].every((instance) => last.distrusted.has(instance))
    if (!isSame) this.#shapeRule = shapeRule(minInstances, distrusted)
    return this.#shapeRule
  }

  #numberOf(instanceId: string): number {
    const known = this.#instances.get(instanceId)
    if (known !== undefined) return known
    const number = this.#nextInstance++
    this.#instances.set(instanceId, number)
    return number
  }
}

function shapeRule(minInstances: number, distrusted: ReadonlySet<number>) {
  return { minInstances, distrusted, isTrusted: (instance: number) => !distrusted.has(instance) }
}

function byName([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1
}
