import type { LevelSummary } from './level-summary.ts'
import type { LevelWeights } from './level-weights.ts'
import { SAMPLE_WIDTH } from './observation.ts'
import { sketchedSummary } from './sketched-summary.ts'
import { MAX_EXACT_SAMPLES } from './unit-samples.ts'
import type { UnitTable } from './unit-table.ts'
import { WeightSums } from './weight-sums.ts'

/** Sums up a level, unit by unit in any order, with weights that were settled before. */
export class LevelSums {
  readonly #table: UnitTable
  readonly #weights: LevelWeights
  readonly #sums: WeightSums
  readonly #numbers = new Float64Array(MAX_EXACT_SAMPLES * SAMPLE_WIDTH)
  #eventCount = 0
  #newestMs = -Infinity

  constructor(table: UnitTable, weights: LevelWeights) {
    this.#table = table
    this.#weights = weights
    this.#sums = new WeightSums(weights.total)
  }

  /** Events summed up so far. */
  get eventCount(): number {
    return this.#eventCount
  }

  /** Adds what counts of a unit. Returns how many samples that took. */
  add(unit: number): number {
    const counted = this.#table.countedOf(unit)
    if (counted === 0) return 0
    const { samples } = this.#table
    this.#eventCount += counted
    this.#newestMs = Math.max(this.#newestMs, samples.newestCountedMs(unit))

    const weight = this.#weights.of(this.#table.instanceIdOf(unit))
    const sketches = samples.sketchesOf(unit)
    if (sketches === undefined)
      this.#sums.addSamples(this.#numbers, samples.readCounted(unit, this.#numbers, 0), weight)
    else this.#sums.addSketches(sketches, weight)
    return Math.min(counted, MAX_EXACT_SAMPLES)
  }

  summary(): LevelSummary {
    return sketchedSummary({
      sums: this.#sums,
      sampleSize: this.#eventCount,
      newestEventMs: this.#newestMs,
      weights: this.#weights,
    })
  }
}
