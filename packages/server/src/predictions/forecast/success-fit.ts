import { discountUnused, startEffects, sweep } from './backfit.ts'
import type { CellEvidence } from './backfit.ts'
import type { EffectLayout } from './effect-layout.ts'
import { fittedEffects } from './fitted-effects.ts'
import type { FittedEffects } from './fitted-effects.ts'
import type { Located } from './location.ts'
import type { UnitColumns } from './unit-columns.ts'
import type { UnitPairs } from './unit-pairs.ts'
import { sharesOfCrowd } from './water-fill.ts'

/** Correlation of the outcomes of one instance in one cell: what it repeats adds less and less. */
const UNIT_CORRELATION = 0.1
const PASSES = 12
/** Prior guess of each effect's variance on the logit scale, in the order of `effectNames`. */
const PRIOR_GUESS = Float64Array.of(0.3, 0.15, 0.05, 0.1, 0.05, 0.05)

/** How many tasks of each cell succeeded, every instance held to its share. */
interface CellOutcomes {
  readonly events: Float64Array
  readonly successes: Float64Array
}

/** Additive effects on the logit of success: Newton's steps, each a weighted backfit. Undefined without outcomes. */
export function fitSuccess(
  units: UnitColumns,
  pairs: UnitPairs,
  layout: EffectLayout,
  decay: Float64Array,
  today: number,
  trust: Float64Array,
  isUsed: readonly Uint8Array[],
): FittedEffects | undefined {
  const outcomes = countOutcomes(units, pairs, decay, today, trust)
  const events = outcomes.events.reduce((sum, count) => sum + count, 0)
  const successes = outcomes.successes.reduce((sum, count) => sum + count, 0)
  if (events === 0) return undefined

  const start = Math.log((successes + 0.5) / (events - successes + 0.5))
  const effects = startEffects(layout, units.cells.length, start, PRIOR_GUESS)
  for (let pass = 0; pass < PASSES; pass++) {
    const evidence = newtonStep(outcomes, effects.location)
    discountUnused(evidence, effects, layout, isUsed)
    sweep(effects, layout, evidence, isUsed, PRIOR_GUESS)
  }
  return fittedEffects(effects)
}

/** Logistic of a normal logit, on average: that of its middle, drawn in by what is not known (MacKay's approximation). */
export function expectedChance({ location, uncertainty }: Located): number {
  return logistic(location / Math.sqrt(1 + (Math.PI / 8) * uncertainty))
}

export function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit))
}

function countOutcomes(
  units: UnitColumns,
  pairs: UnitPairs,
  decay: Float64Array,
  today: number,
  trust: Float64Array,
): CellOutcomes {
  const weights = new Float64Array(pairs.size)
  const rates = new Float64Array(pairs.size)
  const totals = new Float64Array(trust.length)
  for (let pair = 0; pair < pairs.size; pair++) {
    const who = pairs.instance[pair] as number
    const end = pairs.rowsFrom[pair + 1] as number
    let count = 0
    let successes = 0
    for (let row = pairs.rowsFrom[pair] as number; row < end; row++) {
      const age = Math.max(0, Math.min(decay.length - 1, today - (units.day[row] as number)))
      const weight = decay[age] as number
      count += weight * (units.events[row] as number)
      successes += weight * (units.successes[row] as number)
    }
    const own = ((trust[who] as number) * count) / (1 + UNIT_CORRELATION * Math.max(0, count - 1))
    weights[pair] = own
    rates[pair] = successes / count
    totals[who] = (totals[who] as number) + own
  }
  return sumByCell(units.cells.length, pairs, weights, rates, sharesOfCrowd(totals, 1))
}

function sumByCell(
  cellCount: number,
  { size, cell, instance }: UnitPairs,
  weights: Float64Array,
  rates: Float64Array,
  factors: Float64Array,
): CellOutcomes {
  const events = new Float64Array(cellCount)
  const successes = new Float64Array(cellCount)
  for (let pair = 0; pair < size; pair++) {
    const where = cell[pair] as number
    const weight = (weights[pair] as number) * (factors[instance[pair] as number] as number)
    events[where] = (events[where] as number) + weight
    successes[where] = (successes[where] as number) + weight * (rates[pair] as number)
  }
  return { events, successes }
}

/** The outcomes as values on the logit scale around where the fit stands, each with its precision. */
function newtonStep({ events, successes }: CellOutcomes, location: Float64Array): CellEvidence {
  const weight = new Float64Array(location.length)
  const weightedSum = new Float64Array(location.length)
  for (let cell = 0; cell < location.length; cell++) {
    const logit = location[cell] as number
    const rate = logistic(logit)
    const precision = (events[cell] as number) * Math.max(1e-3, rate * (1 - rate))
    weight[cell] = precision
    weightedSum[cell] = precision * logit + (successes[cell] as number) - (events[cell] as number) * rate
  }
  return { weight, weightedSum }
}
