import { effectNames } from './effect-layout.ts'
import type { MetricFit } from './metric-fit.ts'
import { meanVariance } from './unit-weights.ts'

/** Events that the assumption of no difference is worth. */
const PRIOR_EVENTS = 8
/** Squares beyond this many times the variance are cut. */
const MAX_RATIO = 9
const MAX_UNIT_EVENTS = 10

const MODEL = effectNames.indexOf('model')
const TASK_MODEL = effectNames.indexOf('taskModel')

/** How much wider than all the tasks of a model, and of a model and task type, spread: factors of the variance. */
export interface Scales {
  readonly model: Float64Array
  readonly taskModel: Float64Array
}

/** Fits the factors to what the effects leave. A group that is not used keeps 1. */
export function fitScales(fit: MetricFit, isUsed: readonly Uint8Array[]): Scales {
  const ratios = spreadRatios(fit)
  const model = fitFactors(fit, MODEL, isUsed[MODEL] as Uint8Array, ratios, undefined)
  const taskModel = fitFactors(fit, TASK_MODEL, isUsed[TASK_MODEL] as Uint8Array, ratios, model)
  return { model, taskModel }
}

/** Mean squared deviation of each unit's events, in variances of the fit. */
function spreadRatios({ units, residuals, noise }: MetricFit): Float64Array {
  const expected = meanVariance(noise, 1)
  return units.count.map((count, row) => {
    const offset = (residuals.value[row] as number) ** 2 / (1 - (residuals.leverage[row] as number))
    return Math.min(MAX_RATIO, ((units.within[row] as number) / count + offset) / expected)
  })
}

function fitFactors(
  { units, layout, factors }: MetricFit,
  effect: number,
  isUsed: Uint8Array,
  ratios: Float64Array,
  outer: Float64Array | undefined,
): Float64Array {
  const groupOf = layout.groupOf[effect] as Int32Array
  const modelOf = layout.groupOf[MODEL] as Int32Array
  const squares = new Float64Array(isUsed.length).fill(PRIOR_EVENTS)
  const events = new Float64Array(isUsed.length).fill(PRIOR_EVENTS)
  for (let row = 0; row < units.size; row++) {
    const cell = units.cell[row] as number
    const group = groupOf[cell] as number
    const trusted = factors[units.instance[row] as number] as number
    const weight = trusted * Math.min(units.count[row] as number, MAX_UNIT_EVENTS)
    const expected = outer?.[modelOf[cell] as number] ?? 1
    squares[group] = (squares[group] as number) + (weight * (ratios[row] as number)) / expected
    events[group] = (events[group] as number) + weight
  }
  return squares.map((sum, group) => (isUsed[group] === 1 ? sum / (events[group] as number) : 1))
}
