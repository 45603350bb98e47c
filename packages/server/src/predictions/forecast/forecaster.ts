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
 * `units.add(event)`. Every minute, or after 2 % new events: fit, then `adopt(fit)`. Nothing a query can see changes in
 * between, so a fit may take its time.
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
 * After a crash: load the units, `restore` the last checkpoint, fit, adopt. What came after the checkpoint is in the units
 * but is not judged: the fit has seen it. A checkpoint is taken right after an adoption; from one taken later, the next
 * adoption also publishes what was observed in between.
 */

import type { Forecast, ForecastBudget } from '@mosaicstack/telemetry-client/protocol'
import type { Cell } from '../level-rules.ts'
import { CHECKPOINT_VERSION, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import type { CalibrationFigures } from './calibration.ts'
import { answerForecast } from './forecast-answer.ts'
import type { ForecastEvent } from './forecast-event.ts'
import type { ForecastFit } from './forecast-fit.ts'
import { ForecastSnapshot } from './forecast-snapshot.ts'
import { MetricMemory } from './metric-memory.ts'

/** Distinct instances from which the shape of a cell is its own; all of them where there are fewer. */
const SHAPE_INSTANCES = 3

/** Judges every forecast by the task that came, and answers with what that taught. */
export class Forecaster {
  readonly metrics: readonly MetricMemory[]
  /** Numbers of the instances by name: soft state holds numbers. */
  readonly #instances = new Map<string, number>()
  #snapshot: ForecastSnapshot | undefined
  #calibration: readonly CalibrationFigures[] = []
  #distrusted = new Set<number>()
  #nextInstance = 0

  constructor(metricCount: number) {
    this.metrics = Array.from({ length: metricCount }, (_, metric) => new MetricMemory(metric))
  }

  /** What queries read; undefined until the first adoption. */
  get snapshot(): ForecastSnapshot | undefined {
    return this.#snapshot
  }

  /** How the forecasts of the last 30 days had turned out at the last adoption, metric by metric. */
  get calibration(): readonly CalibrationFigures[] {
    return this.#calibration
  }

  /** The `forecast` block for a task of this kind; undefined while too little is known. */
  forecast(cell: Cell, budgets: readonly ForecastBudget[] = []): Forecast | undefined {
    if (this.#snapshot === undefined) return undefined
    return answerForecast(this.#snapshot, cell, budgets, this.#calibration)
  }

  /** Judges the standing forecast by a task that has come, and learns how far off it was. */
  observe(event: ForecastEvent): void {
    const snapshot = this.#snapshot
    if (snapshot === undefined) return
    const instance = this.#numberOf(event.instanceId)
    if (this.#distrusted.has(instance)) return

    const groups = snapshot.groups(event.cell)
    for (const [metric, memory] of this.metrics.entries()) {
      const value = event.values[metric] ?? 0
      if (value >= 1) memory.observe(snapshot, groups, event, instance, Math.log(value))
    }
  }

  /** Answers from now on with a fit and with what was learned until now. */
  adopt(fit: ForecastFit): void {
    const distrusted = new Set(
      [...fit.distrusted].flatMap(([name, trust]) => (trust === 0 ? [this.#numberOf(name)] : [])),
    )
    // Shapes are kept from one adoption to the next, as long as the same instances make them.
    const hasTrustChanged =
      fit.minInstances !== this.#snapshot?.fit.minInstances ||
      fit.instances !== this.#snapshot.fit.instances ||
      distrusted.size !== this.#distrusted.size ||
      [...distrusted].some((instance) => !this.#distrusted.has(instance))
    this.#distrusted = distrusted
    this.#calibration = this.metrics.map(({ calibration }) => calibration.figures(fit.today))
    const cellGroups = fit.layout.groups.at(-1)
    this.#snapshot = new ForecastSnapshot(
      fit,
      this.metrics.map((memory) =>
        memory.tables(
          Math.max(fit.minInstances, Math.min(SHAPE_INSTANCES, fit.instances)),
          (key) => cellGroups?.has(key) === true,
          (instance) => !distrusted.has(instance),
          hasTrustChanged,
        ),
      ),
    )
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
  checkpoint(): Uint8Array {
    const used = new Set<number>()
    for (const memory of this.metrics) memory.noteInstances(used)
    const instances = [...this.#instances].filter(([, number]) => used.has(number)).sort(byName)
    const rank = new Map(instances.map(([, number], index) => [number, index]))
    return encodeCheckpoint({
      version: CHECKPOINT_VERSION,
      instances: instances.map(([name]) => name),
      metrics: this.metrics.map((memory) => memory.save((number) => rank.get(number) ?? 0)),
    })
  }

  /** Takes the soft state of a checkpoint; false where it is of no use. Call once, before anything is observed. */
  restore(bytes: Uint8Array): boolean {
    const saved = decodeCheckpoint(bytes)
    if (saved === undefined || saved.metrics.length !== this.metrics.length) return false
    for (const name of saved.instances) this.#numberOf(name)
    for (const [metric, memory] of saved.metrics.entries()) this.metrics[metric]?.restore(memory)
    return true
  }

  #numberOf(instanceId: string): number {
    const known = this.#instances.get(instanceId)
    if (known !== undefined) return known
    const number = this.#nextInstance++
    this.#instances.set(instanceId, number)
    return number
  }
}

function byName([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1
}
