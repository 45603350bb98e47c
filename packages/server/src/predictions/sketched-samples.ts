import { SAMPLE_WIDTH, SampleField } from './observation.ts'
import { DAY_MS } from './utc-day.ts'
import { MAX_SKETCHED, Sketch } from './sketch.ts'
import { encodeSketched } from './sketched-codec.ts'

/** What is sketched of a sample: four metrics, and two ratios in thousandths where there was an estimate. */
export const SketchedMetric = {
  INPUT_TOKENS: 0,
  OUTPUT_TOKENS: 1,
  COST_USD_MICROS: 2,
  DURATION_MS: 3,
  INPUT_RATIO: 4,
  OUTPUT_RATIO: 5,
} as const
export type SketchedMetric = (typeof SketchedMetric)[keyof typeof SketchedMetric]

export const SKETCHED_METRICS = 6

/** Combinations of `SampleFlag`. */
export const FLAG_SETS = 8

/** Bounds of one event's actual / estimated tokens: beyond them it is an error of units, not of judgement. */
export const MIN_RATIO = 0.01
export const MAX_RATIO = 100

/** Ratios are sketched as whole thousandths. */
export const RATIO_SCALE = 1000

/**
 * Sketches of a unit's samples. When one of them arrived is not kept, beyond the newest: they count together, and leave
 * the window together at the end of their time bucket.
 */
export class SketchedSamples {
  /** By `SketchedMetric`. */
  readonly sketches: readonly Sketch[]
  /** How many samples had each combination of flags. */
  readonly flagCounts: number[]
  #newestMs: number
  #size: number
  /** What there was at one moment: all but what came later. */
  #frozen: { readonly newestMs: number; later: SketchedSamples | undefined } | undefined

  constructor(newestMs: number, flagCounts: number[], sketches: readonly Sketch[]) {
    this.#newestMs = newestMs
    this.flagCounts = flagCounts
    this.sketches = sketches
    this.#size = flagCounts.reduce((sum, count) => sum + count, 0)
  }

  static empty(): SketchedSamples {
    return new SketchedSamples(
      -Infinity,
      Array.from({ length: FLAG_SETS }, () => 0),
      Array.from({ length: SKETCHED_METRICS }, () => new Sketch()),
    )
  }

  /** Sketches samples that lie one after the other. */
  static of(samples: Float64Array): SketchedSamples {
    const sketched = SketchedSamples.empty()
    for (let start = 0; start < samples.length; start += SAMPLE_WIDTH) sketched.insert(samples, start)
    return sketched
  }

  get size(): number {
    return this.#size
  }

  /** When the newest sample arrived, epoch milliseconds. */
  get newestMs(): number {
    return this.#newestMs
  }

  /** Adds the sample that begins at an index. */
  insert(samples: Float64Array, from = 0): void {
    if (this.#frozen !== undefined) (this.#frozen.later ??= SketchedSamples.empty()).insert(samples, from)
    const flags = samples[from + SampleField.FLAGS] as number
    this.flagCounts[flags] = (this.flagCounts[flags] ?? 0) + 1
    this.#size++
    this.#newestMs = Math.max(this.#newestMs, samples[from + SampleField.RECEIVED_AT_MS] as number)
    for (const [metric, sketch] of this.sketches.entries()) {
      const value = sketchedValue(samples, from, metric as SketchedMetric)
      if (value !== undefined) sketch.add(value)
    }
  }

  /** Adds everything of another one, which stays as it is. */
  addAll(other: SketchedSamples): void {
    if (this.#frozen !== undefined) (this.#frozen.later ??= SketchedSamples.empty()).addAll(other)
    for (const [flags, count] of other.flagCounts.entries())
      this.flagCounts[flags] = (this.flagCounts[flags] ?? 0) + count
    this.#size += other.size
    this.#newestMs = Math.max(this.#newestMs, other.newestMs)
    for (const [metric, sketch] of this.sketches.entries()) sketch.addAll(other.sketches[metric] as Sketch)
  }

  /** Makes `encode` give what is here now, whatever is added, until `thaw`. */
  freeze(): void {
    this.#frozen = { newestMs: this.#newestMs, later: undefined } // made when something comes: 6 maps a unit
  }

  thaw(): void {
    this.#frozen = undefined
  }

  /** The stored form of a unit of the bucket that begins on a day. */
  encode(bucket: number): Uint8Array {
    const { newestMs, later } = this.#frozen ?? { newestMs: this.#newestMs, later: undefined }
    const sinceMs = newestMs - bucket * DAY_MS
    if (later === undefined) return encodeSketched(sinceMs, this.flagCounts, this.sketches)
    const flagCounts = this.flagCounts.map((count, flags) => count - (later.flagCounts[flags] ?? 0))
    const sketches = this.sketches.map((sketch, metric) => without(sketch, later.sketches[metric] as Sketch))
    return encodeSketched(sinceMs, flagCounts, sketches)
  }
}

/** Counts are whole numbers, so that what came later can be subtracted again. */
function without(sketch: Sketch, later: Sketch): Pick<Sketch, 'addTo'> {
  return {
    addTo(sums, weight) {
      sketch.addTo(sums, weight)
      later.addTo(sums, -weight)
    },
  }
}

/** What the sample that begins at `start` has of a metric, as a whole number; `undefined` without an estimate. */
function sketchedValue(numbers: Float64Array, start: number, metric: SketchedMetric): number | undefined {
  switch (metric) {
    case SketchedMetric.INPUT_TOKENS:
      return bounded(numbers[start + SampleField.INPUT_TOKENS])
    case SketchedMetric.OUTPUT_TOKENS:
      return bounded(numbers[start + SampleField.OUTPUT_TOKENS])
    case SketchedMetric.COST_USD_MICROS:
      return bounded(numbers[start + SampleField.COST_USD_MICROS])
    case SketchedMetric.DURATION_MS:
      return bounded(numbers[start + SampleField.DURATION_MS])
    case SketchedMetric.INPUT_RATIO:
      return ratioInThousandths(
        numbers[start + SampleField.INPUT_TOKENS],
        numbers[start + SampleField.ESTIMATED_INPUT_TOKENS],
      )
    case SketchedMetric.OUTPUT_RATIO:
      return ratioInThousandths(
        numbers[start + SampleField.OUTPUT_TOKENS],
        numbers[start + SampleField.ESTIMATED_OUTPUT_TOKENS],
      )
  }
}

function bounded(value: number | undefined): number {
  return Math.min(value ?? 0, MAX_SKETCHED)
}

/** Actual / estimated, bounded; `undefined` without an estimate. */
export function ratioInThousandths(actual = 0, estimated = 0): number | undefined {
  if (estimated < 1) return undefined
  return Math.round(Math.max(MIN_RATIO, Math.min(MAX_RATIO, actual / estimated)) * RATIO_SCALE)
}
