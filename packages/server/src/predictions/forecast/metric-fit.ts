import { discountUnused, startEffects, sweep } from './backfit.ts'
import type { CellEvidence, Effects } from './backfit.ts'
import type { EffectLayout } from './effect-layout.ts'
import { fitNoise } from './noise-fit.ts'
import type { Placed } from './noise-fit.ts'
import type { PooledUnits } from './pooled-units.ts'
import { HUBER_LIMIT, instanceFactors } from './unit-weights.ts'
import type { Noise } from './unit-weights.ts'
import { weightedMedian } from './weighted-median.ts'

/** Sweeps over the cells for each pass over the units: cells are few, units many. */
const SWEEPS_PER_PASS = 2
/** Passes after which the shares of the instances are worked out anew. */
const PASSES_PER_SHARE = 3
/** The start looks at about so many units, evenly spread: it need not be exact. */
const START_UNITS = 8192

/** Prior guess of each effect's variance, as a part of the noise: model, task type, provider, complexity, task x model, cell. */
const PRIOR_PARTS = [0.5, 0.1, 0.05, 0.05, 0.05, 0.05] as const

/** A fit of one metric under one memory, while it converges. */
export interface MetricFit {
  readonly units: PooledUnits
  readonly layout: EffectLayout
  readonly effects: Effects
  /** Posterior variance of every cell's location. */
  readonly cellVariance: Float64Array
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
  const factors = instanceFactors(units, { event: 1, unit: 0.2 }, trust)
  const { centre, spread } = startingPoint(units, factors)
  const start = Number.isFinite(centre) ? centre : 0
  const total = Math.max(0.05, Number.isFinite(spread) ? spread : 1)
  const unitShare = trust.length === 1 ? 0 : 0.15
  const noise = { event: total * (1 - unitShare), unit: total * unitShare }
  return {
    units,
    layout,
    effects: startEffects(layout, cellCount, start, priorGuess(noise)),
    cellVariance: new Float64Array(cellCount),
    weights: new Float64Array(units.pairs.size),
    noise,
    factors,
  }
}

/** A fit of the same metric under another memory, from where this one stands. */
export function beginWhere(from: MetricFit, units: PooledUnits): MetricFit {
  const { effects } = from
  return {
    ...from,
    units,
    effects: {
      mean: effects.mean,
      values: effects.values.map((values) => values.slice()),
      variances: effects.variances.map((variances) => variances.slice()),
      prior: effects.prior.slice(),
      location: effects.location.slice(),
    },
    cellVariance: new Float64Array(from.cellVariance.length),
    weights: new Float64Array(units.pairs.size),
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
    sumVariances(fit)
    fit.noise = fitNoise(fit.units, placed(fit), fit.factors, fit.noise)
  }
}

/** Where the units of a fit lie. */
export function placed({ effects, cellVariance, weights }: MetricFit): Placed {
  return { location: effects.location, variance: cellVariance, weights }
}

function startingPoint(units: PooledUnits, factors: Float64Array) {
  const { pairs, count, fade, mean } = units
  const step = Math.max(1, Math.floor(pairs.size / START_UNITS))
  const values: number[] = []
  const weights: number[] = []
  for (let pair = 0; pair < pairs.size; pair += step) {
    const n = count[pair] as number
    if (n === 0) continue
    values.push(mean[pair] as number)
    const weight = ((fade[pair] as number) * n) / (0.2 * n + 1)
    weights.push((factors[pairs.instance[pair] as number] as number) * weight)
  }
  const sampled = Float64Array.from(values)
  const weight = Float64Array.from(weights)
  const centre = weightedMedian(sampled, weight)
  const deviation = weightedMedian(
    sampled.map((value) => Math.abs(value - centre)),
    weight,
  )
  return { centre, spread: (1.4826 * deviation) ** 2 }
}

function priorGuess({ event, unit }: Noise): Float64Array {
  return Float64Array.from(PRIOR_PARTS, (part) => part * (event + unit))
}

/** Weighs every unit by what it is worth, by its instance, and by how far it lies off. */
function gatherEvidence({ units, effects, noise, factors, weights }: MetricFit): CellEvidence {
  const { count, fade, mean } = units
  const { pairsFrom, instance } = units.pairs
  const { event, unit } = noise
  const cells = effects.location.length
  const weight = new Float64Array(cells)
  const weightedSum = new Float64Array(cells)
  for (let cell = 0; cell < cells; cell++) {
    const location = effects.location[cell] as number
    const end = pairsFrom[cell + 1] as number
    let total = 0
    let sum = 0
    for (let pair = pairsFrom[cell] as number; pair < end; pair++) {
      const n = count[pair] as number
      const value = mean[pair] as number
      const spread = unit * n + event
      const square = (value - location) * (value - location) * n
      let own = ((factors[instance[pair] as number] as number) * (fade[pair] as number) * n) / spread
      if (square > HUBER_LIMIT * HUBER_LIMIT * spread) own *= HUBER_LIMIT * Math.sqrt(spread / square)
      weights[pair] = own
      total += own
      sum += own * value
    }
    weight[cell] = total
    weightedSum[cell] = sum
  }
  return { weight, weightedSum }
}

function sumVariances({ effects, layout, cellVariance }: MetricFit): void {
  cellVariance.fill(0)
  for (const [effect, groupOf] of layout.groupOf.entries()) {
    const variance = effects.variances[effect] as Float64Array
    for (let cell = 0; cell < cellVariance.length; cell++) {
      cellVariance[cell] = (cellVariance[cell] as number) + (variance[groupOf[cell] as number] as number)
    }
  }
}
