import type { TokenDistribution } from '@mosaicstack/telemetry-client/protocol'

import type { InstanceWeights } from './instance-weights.ts'
import { type Level, newestArrivalMs } from './level.ts'
import { type LevelSummary, roundTo, wholeInstances } from './level-summary.ts'
import { SAMPLE_WIDTH, SampleField, SampleFlag } from './observation.ts'
import { roundHalfUp, staircasePercentiles } from './percentiles.ts'
import { SampleList } from './sample-list.ts'
import { BUCKETS, bucketOf, bucketValue } from './sketch.ts'
import {
  FLAG_SETS,
  RATIO_SCALE,
  SKETCHED_METRICS,
  SketchedMetric,
  SketchedSamples,
  sketchedValue,
} from './sketched-samples.ts'
import type { Unit } from './unit.ts'

/** The weight that lies in each bucket of each metric, and on each combination of flags. */
interface WeightSums {
  /** By `SketchedMetric`, then by bucket. */
  readonly buckets: readonly Float64Array[]
  readonly flags: Float64Array
}

/** What every bucket reads as. */
const BUCKET_VALUES = Float64Array.from({ length: BUCKETS }, (_, bucket) => bucketValue(bucket))

/** Summarises a level from its units' sketches; samples that are still exact are sketched on the way. */
export function sketchedSummary(level: Level, weights: InstanceWeights): LevelSummary {
  const { instances, eventWeights, largestShare } = weights
  const sums = addUp(level, eventWeights)
  const size = effectiveSizeOf(level, eventWeights)
  const percentilesOf = (metric: SketchedMetric, probabilities: readonly number[]) =>
    staircasePercentiles(BUCKET_VALUES, sums.buckets[metric] as Float64Array, size, probabilities)
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
    sampleSize: level.eventCount,
    instances: wholeInstances(instances),
    maxInstanceShare: largestShare,
    effectiveSampleSize: size,
    newestEventMs: newestArrivalMs(level),
  }
}

const DISTRIBUTION = [0.1, 0.25, 0.5, 0.75, 0.9]

function toDistribution(values: readonly number[]): TokenDistribution {
  const [p10 = 0, p25 = 0, p50 = 0, p75 = 0, p90 = 0] = values.map(roundHalfUp)
  return { p10, p25, median: p50, p75, p90 }
}

/** In the order of ascending weights, so that the sums do not depend on who came first. */
function addUp(level: Level, eventWeights: ReadonlyMap<string, number>): WeightSums {
  const sums: WeightSums = {
    buckets: Array.from({ length: SKETCHED_METRICS }, () => new Float64Array(BUCKETS)),
    flags: new Float64Array(FLAG_SETS),
  }
  const weighted = [...level.units].map((unit) => ({ unit, weight: eventWeights.get(unit.instanceId) ?? 0 }))
  for (const { unit, weight } of weighted.sort((a, b) => a.weight - b.weight)) addUnit(sums, unit, weight)
  return sums
}

function addUnit(sums: WeightSums, { contents, countedSamples }: Unit, weight: number): void {
  if (countedSamples === 0) return
  if (contents instanceof SketchedSamples) {
    for (const [metric, sketch] of contents.sketches.entries())
      sketch.addTo(sums.buckets[metric] as Float64Array, weight)
    for (const [flags, count] of contents.flagCounts.entries()) add(sums.flags, flags, count * weight)
    return
  }
  if (!(contents instanceof SampleList)) return
  const numbers = contents.numbers
  for (let start = 0; start < countedSamples * SAMPLE_WIDTH; start += SAMPLE_WIDTH) {
    add(sums.flags, numbers[start + SampleField.FLAGS] as number, weight)
    for (let metric = 0; metric < SKETCHED_METRICS; metric++) {
      const value = sketchedValue(numbers, start, metric as SketchedMetric)
      if (value !== undefined) add(sums.buckets[metric] as Float64Array, bucketOf(value), weight)
    }
  }
}

function add(sums: Float64Array, index: number, weight: number): void {
  sums[index] = (sums[index] as number) + weight
}

/** Kish's effective size from the instances' weights alone. */
function effectiveSizeOf(level: Level, eventWeights: ReadonlyMap<string, number>): number {
  const claims = [...level.instances]
    .map(([instance, events]) => ({ events, weight: eventWeights.get(instance) ?? 0 }))
    .sort((a, b) => a.weight - b.weight)
  let sum = 0
  let squares = 0
  for (const { events, weight } of claims) {
    sum += events * weight
    squares += events * weight * weight
  }
  return (sum * sum) / squares
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
