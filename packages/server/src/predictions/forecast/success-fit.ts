import { discountUnused, startEffects, sweep } from './backfit.ts'
import type { CellEvidence, Effects } from './backfit.ts'
import type { EffectLayout } from './effect-layout.ts'
import type { UnitColumns } from './unit-columns.ts'
import { waterFill } from './water-fill.ts'

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
  layout: EffectLayout,
  decay: Float64Array,
  today: number,
  trust: Float64Array,
  isUsed: readonly Uint8Array[],
): Effects | undefined {
  const outcomes = countOutcomes(units, decay, today, trust)
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
  return effects
}

export function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit))
}

function countOutcomes(
  units: UnitColumns,
  decay: Float64Array,
  today: number,
  trust: Float64Array,
): CellOutcomes {
  const weights = new Float64Array(units.size)
  const rates = new Float64Array(units.size)
  const totals = new Float64Array(trust.length)
  for (let row = 0; row < units.size;) {
    const first = row
    const who = units.instance[row] as number
    const cell = units.cell[row] as number
    let count = 0
    let successes = 0
    for (; row < units.size && units.cell[row] === cell && units.instance[row] === who; row++) {
      const age = Math.max(0, Math.min(decay.length - 1, today - (units.day[row] as number)))
      const weight = decay[age] as number
      count += weight * (units.events[row] as number)
      successes += weight * (units.successes[row] as number)
    }
    weights[first] = ((trust[who] as number) * count) / (1 + UNIT_CORRELATION * Math.max(0, count - 1))
    rates[first] = successes / count
    totals[who] = (totals[who] as number) + (weights[first] as number)
  }
  return sumByCell(units, weights, rates, waterFill(totals))
}

function sumByCell(
  units: UnitColumns,
  weights: Float64Array,
  rates: Float64Array,
  factors: Float64Array,
): CellOutcomes {
  const events = new Float64Array(units.cells.length)
  const successes = new Float64Array(units.cells.length)
  for (let row = 0; row < units.size; row++) {
    if (weights[row] === 0) continue
    const cell = units.cell[row] as number
    const weight = (weights[row] as number) * (factors[units.instance[row] as number] as number)
    events[cell] = (events[cell] as number) + weight
    successes[cell] = (successes[cell] as number) + weight * (rates[row] as number)
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
