import type { CorrectionFactors, TokenDistribution } from '@mosaicstack/telemetry-client/protocol'
import type { Level } from './level.ts'
import { type LevelSummary, roundTo, wholeInstances } from './level-summary.ts'
import type { LevelWeights } from './level-weights.ts'
import { SAMPLE_WIDTH, SampleField, SampleFlag } from './observation.ts'
import { effectiveSize, percentiles, roundHalfUp } from './percentiles.ts'
import { MAX_RATIO, MIN_RATIO } from './sketched-samples.ts'
import type { UnitTable } from './unit-table.ts'

/** Summarises a level from all of its samples. There is at least one, and no unit is sketched. */
export function exactSummary(table: UnitTable, level: Level, weights: LevelWeights): LevelSummary {
  const { instances, largestShare } = weights.weights
  const samples = collect(table, level, weights)

  return {
    prediction: {
      input_tokens: distribution(samples, SampleField.INPUT_TOKENS),
      output_tokens: distribution(samples, SampleField.OUTPUT_TOKENS),
      cost_usd_micros: { median: median(samples, SampleField.COST_USD_MICROS) },
      duration_ms: { median: median(samples, SampleField.DURATION_MS) },
      correction_factors: correctionFactors(samples),
      quality: {
        gate_pass_rate: gatePassRate(samples),
        success_rate: successRate(samples),
      },
    },
    sampleSize: level.eventCount,
    instances: wholeInstances(instances),
    maxInstanceShare: largestShare,
    effectiveSampleSize: effectiveSize(samples.weights),
    newestEventMs: newestArrivalMs(samples),
  }
}

/** The samples of one level. The weights ascend, so sums over them do not depend on the order of arrival. */
interface WeightedSamples {
  readonly numbers: Float64Array
  /** One for each sample. */
  readonly weights: Float64Array
}

function collect(table: UnitTable, level: Level, levelWeights: LevelWeights): WeightedSamples {
  const units = table
    .unitsAt(level)
    .map((unit) => ({ unit, weight: levelWeights.of(table.instanceIdOf(unit)) }))
    .sort((a, b) => a.weight - b.weight)
  const numbers = new Float64Array(level.eventCount * SAMPLE_WIDTH)
  const weights = new Float64Array(level.eventCount)

  let count = 0
  for (const { unit, weight } of units) {
    table.samples.readCounted(unit, numbers, count * SAMPLE_WIDTH)
    weights.fill(weight, count, count + table.countedOf(unit))
    count += table.countedOf(unit)
  }
  return { numbers, weights }
}

function newestArrivalMs({ numbers }: WeightedSamples): number {
  let newestMs = -Infinity
  for (let start = 0; start < numbers.length; start += SAMPLE_WIDTH) {
    newestMs = Math.max(newestMs, numbers[start + SampleField.RECEIVED_AT_MS] as number)
  }
  return newestMs
}

function column(samples: WeightedSamples, field: SampleField): Float64Array {
  const values = new Float64Array(samples.weights.length)
  for (let index = 0; index < values.length; index++) {
    values[index] = samples.numbers[index * SAMPLE_WIDTH + field] as number
  }
  return values
}

function distribution(samples: WeightedSamples, field: SampleField): TokenDistribution {
  const [p10, p25, p50, p75, p90] = percentiles(
    column(samples, field),
    samples.weights,
    [0.1, 0.25, 0.5, 0.75, 0.9],
  ).map(roundHalfUp) as [number, number, number, number, number]
  return { p10, p25, median: p50, p75, p90 }
}

function median(samples: WeightedSamples, field: SampleField): number {
  const [p50] = percentiles(column(samples, field), samples.weights, [0.5]) as [number]
  return roundHalfUp(p50)
}

function correctionFactors(samples: WeightedSamples): CorrectionFactors {
  return {
    input: correctionFactor(samples, SampleField.INPUT_TOKENS, SampleField.ESTIMATED_INPUT_TOKENS),
    output: correctionFactor(samples, SampleField.OUTPUT_TOKENS, SampleField.ESTIMATED_OUTPUT_TOKENS),
  }
}

/** The weighted median of actual / estimated over the events that had an estimate; 1 where none had. */
function correctionFactor(samples: WeightedSamples, actual: SampleField, estimated: SampleField): number {
  const actuals = column(samples, actual)
  const estimates = column(samples, estimated)
  const ratios = new Float64Array(actuals.length)
  const weights = new Float64Array(actuals.length)

  let count = 0
  for (let index = 0; index < actuals.length; index++) {
    const estimate = estimates[index] as number
    if (estimate < 1) continue
    ratios[count] = Math.max(MIN_RATIO, Math.min(MAX_RATIO, (actuals[index] as number) / estimate))
    weights[count] = samples.weights[index] as number
    count++
  }
  if (count === 0) return 1

  const [factor] = percentiles(ratios.subarray(0, count), weights.subarray(0, count), [0.5]) as [number]
  return roundTo(factor, 4)
}

/** Events without a list of gates are left out: their `gatesPassed` only says that nobody set it. */
function gatePassRate(samples: WeightedSamples): number {
  const { GATES_LISTED, GATES_PASSED } = SampleFlag
  return share(samples, GATES_PASSED, GATES_LISTED) ?? share(samples, GATES_PASSED, 0) ?? 0
}

function successRate(samples: WeightedSamples): number {
  return share(samples, SampleFlag.SUCCEEDED, 0) ?? 0
}

/** The weighted share of samples with `flag` among those with the flags `among`; `undefined` where there are none. */
function share(samples: WeightedSamples, flag: number, among: number): number | undefined {
  const allFlags = column(samples, SampleField.FLAGS)
  let part = 0
  let whole = 0
  for (let index = 0; index < allFlags.length; index++) {
    const flags = allFlags[index] as number
    const weight = samples.weights[index] as number
    if ((flags & among) !== among) continue
    whole += weight
    if ((flags & flag) !== 0) part += weight
  }
  return whole === 0 ? undefined : roundTo(part / whole, 4)
}
