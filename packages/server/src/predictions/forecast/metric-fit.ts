import { discountUnused, startEffects, sweep } from './backfit.ts'
import type { CellEvidence, Effects } from './backfit.ts'
import type { EffectLayout } from './effect-layout.ts'
import { fitNoise } from './noise-fit.ts'
import type { Residuals } from './noise-fit.ts'
import type { PooledUnits } from './pooled-units.ts'
import { HUBER_LIMIT, instanceFactors, meanVariance } from './unit-weights.ts'
import type { Noise } from './unit-weights.ts'
import { weightedMedian } from './weighted-median.ts'

/** Sweeps over the cells for each pass over the units: cells are few, units many. */
const SWEEPS_PER_PASS = 2
/** Passes after which the shares of the instances are worked out anew. */
const PASSES_PER_SHARE = 3

/** Prior guess of each effect's variance, as a part of the noise: model, task type, provider, complexity, task x model, cell. */
const PRIOR_PARTS = [0.5, 0.1, 0.05, 0.05, 0.05, 0.05] as const

/** A fit of one metric under one memory, while it converges. */
export interface MetricFit {
  readonly units: PooledUnits
  readonly layout: EffectLayout
  readonly effects: Effects
  readonly residuals: Residuals
  /** Weight of each unit in the last pass. */
  readonly weights: Float64Array
  noise: Noise
  factors: Float64Array
}

/** Starts from the weighted median and the spread around it, which a flood cannot move far. */
export function startMetricFit(
  units: PooledUnits,
  layout: EffectLayout,
  cellCount: number,
  trust: Float64Array,
): MetricFit {
  const weights = instanceFactors(units, { event: 1, unit: 0.2 }, trust)
  const unitWeights = units.count.map(
    (count, row) =>
      (weights[units.instance[row] as number] as number) / meanVariance({ event: 1, unit: 0.2 }, count),
  )
  const centre = weightedMedian(units.mean, unitWeights)
  const deviations = units.mean.map((mean) => Math.abs(mean - centre))
  const spread = (1.4826 * weightedMedian(deviations, unitWeights)) ** 2
  const start = Number.isFinite(centre) ? centre : 0
  const total = Math.max(0.05, Number.isFinite(spread) ? spread : 1)
  const unitShare = trust.length === 1 ? 0 : 0.15
  const noise = { event: total * (1 - unitShare), unit: total * unitShare }
  return {
    units,
    layout,
    effects: startEffects(layout, cellCount, start, priorGuess(noise)),
    residuals: { value: new Float64Array(units.size), leverage: new Float64Array(units.size) },
    weights: new Float64Array(units.size),
    noise,
    factors: weights,
  }
}

/** Alternates robust weights, effects and variances. */
export function runPasses(
  fit: MetricFit,
  passes: number,
  isUsed: readonly Uint8Array[],
  trust: Float64Array,
): void {
  for (let pass = 0; pass < passes; pass++) {
    if (pass % PASSES_PER_SHARE === 0) fit.factors = instanceFactors(fit.units, fit.noise, trust)
    const evidence = gatherEvidence(fit)
    discountUnused(evidence, fit.effects, fit.layout, isUsed)
    for (let count = 0; count < SWEEPS_PER_PASS; count++) {
      sweep(fit.effects, fit.layout, evidence, isUsed, priorGuess(fit.noise))
    }
    updateResiduals(fit)
    fit.noise = fitNoise(fit.units, fit.residuals, fit.factors, fit.noise)
  }
}

function priorGuess({ event, unit }: Noise): Float64Array {
  return Float64Array.from(PRIOR_PARTS, (part) => part * (event + unit))
}

/** Weighs every unit by what it is worth, by its instance, and by how far it lies off. */
function gatherEvidence({ units, effects, noise, factors, weights }: MetricFit): CellEvidence {
  const weight = new Float64Array(effects.location.length)
  const weightedSum = new Float64Array(effects.location.length)
  for (let row = 0; row < units.size; row++) {
    const cell = units.cell[row] as number
    const mean = units.mean[row] as number
    const variance = meanVariance(noise, units.count[row] as number)
    const off = Math.abs(mean - (effects.location[cell] as number)) / Math.sqrt(variance)
    const huber = off > HUBER_LIMIT ? HUBER_LIMIT / off : 1
    const own = ((factors[units.instance[row] as number] as number) * huber) / variance
    weights[row] = own
    weight[cell] = (weight[cell] as number) + own
    weightedSum[cell] = (weightedSum[cell] as number) + own * mean
  }
  return { weight, weightedSum }
}

function updateResiduals({ units, effects, layout, residuals, weights }: MetricFit): void {
  const cellVariance = effects.location.map((_, cell) =>
    layout.groupOf.reduce(
      (sum, groupOf, effect) =>
        sum + ((effects.variances[effect] as Float64Array)[groupOf[cell] as number] as number),
      0,
    ),
  )
  for (let row = 0; row < units.size; row++) {
    const cell = units.cell[row] as number
    residuals.value[row] = (units.mean[row] as number) - (effects.location[cell] as number)
    residuals.leverage[row] = Math.min(0.8, (weights[row] as number) * (cellVariance[cell] as number))
  }
}
