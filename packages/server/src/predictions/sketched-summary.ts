import type { TokenDistribution } from '@mosaicstack/telemetry-client/protocol'

import { type LevelSummary, roundTo, wholeInstances } from './level-summary.ts'
import type { LevelWeights } from './level-weights.ts'
import { SampleFlag } from './observation.ts'
import { roundHalfUp, staircasePercentiles } from './percentiles.ts'
import { BUCKETS, bucketValue } from './sketch.ts'
import { RATIO_SCALE, SketchedMetric } from './sketched-samples.ts'
import type { WeightSums } from './weight-sums.ts'

/** What every bucket reads as. */
const BUCKET_VALUES = Float64Array.from({ length: BUCKETS }, (_, bucket) => bucketValue(bucket))

/** What is summed up of a level, and the weights it was summed up with. */
export interface SummedLevel {
  readonly sums: WeightSums
  readonly sampleSize: number
  readonly newestEventMs: number
  readonly weights: LevelWeights
}

/** Summarises a level from the weight in its buckets. */
export function sketchedSummary(level: SummedLevel): LevelSummary {
  const { sums, weights: levelWeights } = level
  const { weights, effectiveSize: size } = levelWeights
  const percentilesOf = (metric: SketchedMetric, probabilities: readonly number[]) =>
    staircasePercentiles(BUCKET_VALUES, sums.of(metric), size, probabilities)
  const distribution = (metric: SketchedMetric) => toDistribution(percentilesOf(metric, DISTRIBUTION))
  const median = (metric: SketchedMetric) => roundHalfUp(percentilesOf(metric, [0.5])[0] ?? 0)
  const factor = (metric: SketchedMetric) => {
    const [ratio] = percentilesOf(metric, [0.5])
    return ratio === undefined ? 1 : roundTo(ratio / RATIO_SCALE, 4)
  }

  return {
    prediction: {
      input_tokens: distribution(SketchedMetric.INPUT_TOKENS),
      output_tokens: distribution(SketchedMetric.OUTPUT_TOKENS),
      cost_usd_micros: { median: median(SketchedMetric.COST_USD_MICROS) },
      duration_ms: { median: median(SketchedMetric.DURATION_MS) },
      correction_factors: {
        input: factor(SketchedMetric.INPUT_RATIO),
        output: factor(SketchedMetric.OUTPUT_RATIO),
      },
      quality: { gate_pass_rate: gatePassRate(sums.flags), success_rate: successRate(sums.flags) },
    },
    sampleSize: level.sampleSize,
    instances: wholeInstances(weights.instances),
    maxInstanceShare: weights.largestShare,
    effectiveSampleSize: size,
    newestEventMs: level.newestEventMs,
  }
}

const DISTRIBUTION = [0.1, 0.25, 0.5, 0.75, 0.9]

function toDistribution(values: readonly number[]): TokenDistribution {
  const [p10 = 0, p25 = 0, p50 = 0, p75 = 0, p90 = 0] = values.map(roundHalfUp)
  return { p10, p25, median: p50, p75, p90 }
}

function gatePassRate(flags: Float64Array): number {
  const { GATES_LISTED, GATES_PASSED } = SampleFlag
  return share(flags, GATES_PASSED, GATES_LISTED) ?? share(flags, GATES_PASSED, 0) ?? 0
}

function successRate(flags: Float64Array): number {
  return share(flags, SampleFlag.SUCCEEDED, 0) ?? 0
}

/** The share of the weight with `flag` in that with `among`; `undefined` where there is none. */
function share(flags: Float64Array, flag: number, among: number): number | undefined {
  let part = 0
  let whole = 0
  for (const [set, weight] of flags.entries()) {
    if ((set & among) !== among) continue
    whole += weight
    if ((set & flag) !== 0) part += weight
  }
  return whole === 0 ? undefined : roundTo(part / whole, 4)
}
