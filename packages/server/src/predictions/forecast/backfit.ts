import { EFFECT_COUNT } from './effect-layout.ts'
import type { EffectLayout } from './effect-layout.ts'

/** How much the prior of a variance counts, in groups. Keeps effects with one or two groups from explaining all or nothing. */
const PRIOR_GROUPS = 1.5

/** What the cells say, each as one weighted mean. */
export interface CellEvidence {
  /** Sum of precisions. */
  readonly weight: Float64Array
  /** Sum of precision x value. */
  readonly weightedSum: Float64Array
}

/** Additive effects, each drawn from a normal distribution around 0 whose variance is estimated with it. */
export interface Effects {
  mean: number
  /** Effect by effect, group by group. */
  readonly values: readonly Float64Array[]
  /** Posterior variances; the prior's where too few instances contributed. */
  readonly variances: readonly Float64Array[]
  /** Prior variance of each effect: what an unseen group adds to the uncertainty. */
  readonly prior: Float64Array
  /** Location of every cell: the mean plus its effects. */
  readonly location: Float64Array
}

/** Effects of 0 around `mean`. */
export function startEffects(
  layout: EffectLayout,
  cellCount: number,
  mean: number,
  prior: Float64Array,
): Effects {
  return {
    mean,
    values: layout.groups.map((groups) => new Float64Array(groups.size)),
    variances: layout.groups.map((groups, effect) =>
      new Float64Array(groups.size).fill(prior[effect] as number),
    ),
    prior: prior.slice(),
    location: new Float64Array(cellCount).fill(mean),
  }
}

/**
 * One sweep: the mean, then every effect in turn, each fitted to what the others leave, then its variance.
 * `isUsed` says by effect and group whether enough instances contributed; the others stay 0 with the prior's variance.
 */
export function sweep(
  effects: Effects,
  layout: EffectLayout,
  evidence: CellEvidence,
  isUsed: readonly Uint8Array[],
  priorGuess: Float64Array,
): void {
  fitMean(effects, evidence)
  for (let effect = 0; effect < EFFECT_COUNT; effect++) {
    fitEffect(effects, effect, layout.groupOf[effect] as Int32Array, evidence, isUsed[effect] as Uint8Array)
    fitPrior(effects, effect, isUsed[effect] as Uint8Array, priorGuess[effect] as number)
  }
}

/**
 * Takes from the weight of every cell what its unused effects leave unknown: as if they were averaged out. Otherwise the
 * mean would follow a cell whose own effects may not be told.
 */
export function discountUnused(
  evidence: CellEvidence,
  effects: Effects,
  layout: EffectLayout,
  isUsed: readonly Uint8Array[],
): void {
  for (let cell = 0; cell < evidence.weight.length; cell++) {
    let unknown = 0
    for (let effect = 0; effect < EFFECT_COUNT; effect++) {
      const group = layout.groupOf[effect]?.[cell] as number
      if (isUsed[effect]?.[group] !== 1) unknown += effects.prior[effect] as number
    }
    if (unknown === 0) continue
    const part = 1 / (1 + (evidence.weight[cell] as number) * unknown)
    evidence.weight[cell] = part * (evidence.weight[cell] as number)
    evidence.weightedSum[cell] = part * (evidence.weightedSum[cell] as number)
  }
}

function fitMean(effects: Effects, { weight, weightedSum }: CellEvidence): void {
  const { location } = effects
  let total = 0
  let rest = 0
  for (let cell = 0; cell < location.length; cell++) {
    total += weight[cell] as number
    rest += (weightedSum[cell] as number) - (weight[cell] as number) * (location[cell] as number)
  }
  if (total === 0) return
  const change = rest / total
  effects.mean += change
  for (let cell = 0; cell < location.length; cell++) location[cell] = (location[cell] as number) + change
}

function fitEffect(
  { values, variances, prior, location }: Effects,
  effect: number,
  groupOf: Int32Array,
  { weight, weightedSum }: CellEvidence,
  isUsed: Uint8Array,
): void {
  const value = values[effect] as Float64Array
  const variance = variances[effect] as Float64Array
  const precision = new Float64Array(value.length)
  const rest = new Float64Array(value.length)
  for (let cell = 0; cell < location.length; cell++) {
    const group = groupOf[cell] as number
    const cellWeight = weight[cell] as number
    precision[group] = (precision[group] as number) + cellWeight
    const others = (location[cell] as number) - (value[group] as number)
    rest[group] = (rest[group] as number) + (weightedSum[cell] as number) - cellWeight * others
  }

  const priorVariance = prior[effect] as number
  const change = rest
  for (let group = 0; group < value.length; group++) {
    const before = value[group] as number
    const posterior =
      isUsed[group] === 1 ? 1 / ((precision[group] as number) + 1 / priorVariance) : priorVariance
    value[group] = isUsed[group] === 1 ? posterior * (rest[group] as number) : 0
    variance[group] = posterior
    change[group] = (value[group] as number) - before
  }
  for (let cell = 0; cell < location.length; cell++) {
    location[cell] = (location[cell] as number) + (change[groupOf[cell] as number] as number)
  }
}

/** MacKay's fixed point: squares over the number of groups that the data decide. It has the limit of EM and gets there sooner. */
function fitPrior(
  { values, variances, prior }: Effects,
  effect: number,
  isUsed: Uint8Array,
  guess: number,
): void {
  const value = values[effect] as Float64Array
  const variance = variances[effect] as Float64Array
  let squares = PRIOR_GROUPS * guess
  let decided = PRIOR_GROUPS
  for (let group = 0; group < value.length; group++) {
    if (isUsed[group] !== 1) continue
    squares += (value[group] as number) ** 2
    decided += 1 - (variance[group] as number) / (prior[effect] as number)
  }
  prior[effect] = Math.max(1e-6, squares / decided)
  for (let group = 0; group < value.length; group++) {
    if (isUsed[group] !== 1) variance[group] = prior[effect] as number
  }
}
