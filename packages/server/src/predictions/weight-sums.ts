import { SAMPLE_WIDTH, SampleField } from './observation.ts'
import { BUCKETS, bucketOf, MAX_SKETCHED } from './sketch.ts'
import {
  FLAG_SETS,
  ratioInThousandths,
  SKETCHED_METRICS,
  SketchedMetric,
  type SketchedSamples,
} from './sketched-samples.ts'

/** Sums of doubles that are whole numbers below this are exact. */
const EXACT_BITS = 52

/**
 * The weight that lies in each bucket of each metric, and on each combination of flags.
 *
 * Weights are rounded to whole numbers of a unit so small that all of them together stay below 2^52. So every sum is
 * exact, and does not depend on the order in which it was made.
 */
export class WeightSums {
  /** By combination of flags. */
  readonly flags = new Float64Array(FLAG_SETS)
  readonly #buckets = new Float64Array(SKETCHED_METRICS * BUCKETS)
  readonly #scale: number

  /** `totalWeight` is that of all samples that will be added. */
  constructor(totalWeight: number) {
    this.#scale = 2 ** (EXACT_BITS - Math.max(0, Math.ceil(Math.log2(totalWeight))))
  }

  /** The weight in each bucket of a metric. */
  of(metric: SketchedMetric): Float64Array {
    return this.#buckets.subarray(metric * BUCKETS, (metric + 1) * BUCKETS)
  }

  /** Adds samples that lie one after the other, each with the same weight. */
  addSamples(numbers: Float64Array, end: number, weight: number): void {
    const units = Math.round(weight * this.#scale)
    const { INPUT_TOKENS, OUTPUT_TOKENS, COST_USD_MICROS, DURATION_MS } = SampleField
    for (let start = 0; start < end; start += SAMPLE_WIDTH) {
      const input = numbers[start + INPUT_TOKENS] as number
      const output = numbers[start + OUTPUT_TOKENS] as number
      this.#add(SketchedMetric.INPUT_TOKENS, input, units)
      this.#add(SketchedMetric.OUTPUT_TOKENS, output, units)
      this.#add(SketchedMetric.COST_USD_MICROS, numbers[start + COST_USD_MICROS] as number, units)
      this.#add(SketchedMetric.DURATION_MS, numbers[start + DURATION_MS] as number, units)
      this.#addRatio(
        SketchedMetric.INPUT_RATIO,
        input,
        numbers[start + SampleField.ESTIMATED_INPUT_TOKENS] as number,
        units,
      )
      this.#addRatio(
        SketchedMetric.OUTPUT_RATIO,
        output,
        numbers[start + SampleField.ESTIMATED_OUTPUT_TOKENS] as number,
        units,
      )
      this.#addFlags(numbers[start + SampleField.FLAGS] as number, units)
    }
  }

  /** Adds samples that are sketched, each with the same weight. */
  addSketches({ sketches, flagCounts }: SketchedSamples, weight: number): void {
    const units = Math.round(weight * this.#scale)
    for (const [metric, sketch] of sketches.entries()) sketch.addTo(this.of(metric as SketchedMetric), units)
    for (const [flags, count] of flagCounts.entries()) this.#addFlags(flags, count * units)
  }

  #add(metric: SketchedMetric, value: number, units: number): void {
    const index = metric * BUCKETS + bucketOf(Math.min(value, MAX_SKETCHED))
    this.#buckets[index] = (this.#buckets[index] as number) + units
  }

  #addRatio(metric: SketchedMetric, actual: number, estimated: number, units: number): void {
    const ratio = ratioInThousandths(actual, estimated)
    if (ratio !== undefined) this.#add(metric, ratio, units)
  }

  #addFlags(flags: number, units: number): void {
    this.flags[flags] = (this.flags[flags] as number) + units
  }
}
