import { SAMPLE_WIDTH, SampleField } from './observation.ts'
import { DAY_MS } from './sample-codec.ts'
import type { SampleList } from './sample-list.ts'
import { MAX_SKETCHED, Sketch } from './sketch.ts'
import { encodeSketched } from './sketched-codec.ts'
import type { UnitContents } from './unit-contents.ts'

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
 * the window together at the end of their day.
 */
export class SketchedSamples implements UnitContents {
  readonly day: number
  /** By `SketchedMetric`. */
  readonly sketches: readonly Sketch[]
  /** How many samples had each combination of flags. */
  readonly flagCounts: number[]
  #newestMs: number

  constructor(day: number, newestMs: number, flagCounts: number[], sketches: readonly Sketch[]) {
    this.day = day
    this.#newestMs = newestMs
    this.flagCounts = flagCounts
    this.sketches = sketches
  }

  /** Sketches all samples of a list. */
  static of(samples: SampleList, day: number): SketchedSamples {
    const sketched = new SketchedSamples(
      day,
      -Infinity,
      Array.from({ length: FLAG_SETS }, () => 0),
      Array.from({ length: SKETCHED_METRICS }, () => new Sketch()),
    )
    const { numbers } = samples
    for (let start = 0; start < numbers.length; start += SAMPLE_WIDTH) {
      sketched.insert(numbers.subarray(start, start + SAMPLE_WIDTH))
    }
    return sketched
  }

  get size(): number {
    return this.flagCounts.reduce((sum, count) => sum + count, 0)
  }

  insert(sample: Float64Array): void {
    const flags = sample[SampleField.FLAGS] as number
    this.flagCounts[flags] = (this.flagCounts[flags] ?? 0) + 1
    this.#newestMs = Math.max(this.#newestMs, sample[SampleField.RECEIVED_AT_MS] as number)
    for (const [metric, sketch] of this.sketches.entries()) {
      const value = sketchedValue(sample, 0, metric as SketchedMetric)
      if (value !== undefined) sketch.add(value)
    }
  }

  countThrough(epochMs: number): number {
    return epochMs === -Infinity ? 0 : this.size
  }

  removeThrough(epochMs: number): number {
    const departureMs = this.nextDepartureMs()
    if (departureMs === undefined || epochMs < departureMs) return 0
    const removed = this.size
    this.flagCounts.fill(0)
    return removed
  }

  nextArrivalMs(counted: number): number | undefined {
    return counted < this.size ? this.#newestMs : undefined
  }

  nextDepartureMs(): number | undefined {
    return this.size === 0 ? undefined : (this.day + 1) * DAY_MS - 1
  }

  newestArrivalMs(): number {
    return this.#newestMs
  }

  encode(day: number): Uint8Array {
    if (this.size === 0) return new Uint8Array()
    return encodeSketched(this.#newestMs - day * DAY_MS, this.flagCounts, this.sketches)
  }
}

/** What the sample that begins at `start` has of a metric, as a whole number; `undefined` without an estimate. */
export function sketchedValue(
  numbers: Float64Array,
  start: number,
  metric: SketchedMetric,
): number | undefined {
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
      return ratio(
        numbers[start + SampleField.INPUT_TOKENS],
        numbers[start + SampleField.ESTIMATED_INPUT_TOKENS],
      )
    case SketchedMetric.OUTPUT_RATIO:
      return ratio(
        numbers[start + SampleField.OUTPUT_TOKENS],
        numbers[start + SampleField.ESTIMATED_OUTPUT_TOKENS],
      )
  }
}

function bounded(value: number | undefined): number {
  return Math.min(value ?? 0, MAX_SKETCHED)
}

function ratio(actual = 0, estimated = 0): number | undefined {
  if (estimated < 1) return undefined
  return Math.round(Math.max(MIN_RATIO, Math.min(MAX_RATIO, actual / estimated)) * RATIO_SCALE)
}
