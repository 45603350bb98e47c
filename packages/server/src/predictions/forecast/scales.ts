import { effectNames } from './effect-layout.ts'
import type { MetricFit } from './metric-fit.ts'
import { leverage } from './noise-fit.ts'
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
  readonly model: Float32Array
  readonly taskModel: Float32Array
}

/** How far the events of every cell spread. */
interface CellSpread {
  /** Weighted squared deviations, in variances of the fit. */
  readonly squares: Float64Array
  /** Sum of the weights. */
  readonly events: Float64Array
}

/** Fits the factors to what the effects leave. A group that is not used keeps 1. */
export function fitScales(fit: MetricFit, isUsed: readonly Uint8Array[]): Scales {
  const spread = spreadByCell(fit)
  const modelOf = fit.layout.groupOf[MODEL] as Int32Array
  const model = fitFactors(modelOf, isUsed[MODEL] as Uint8Array, spread)

  const squares = spread.squares.map((square, cell) => square / (model[modelOf[cell] as number] as number))
  const taskModelOf = fit.layout.groupOf[TASK_MODEL] as Int32Array
  const taskModel = fitFactors(taskModelOf, isUsed[TASK_MODEL] as Uint8Array, { ...spread, squares })
  return { model, taskModel }
}

function spreadByCell({ units, effects, cellVariance, weights, factors, noise }: MetricFit): CellSpread {
  const { count, fade, mean, within } = units
  const { size, cell, instance } = units.pairs
  const expected = meanVariance(noise, 1)
  const squares = new Float64Array(effects.location.length)
  const events = new Float64Array(effects.location.length)
  for (let pair = 0; pair < size; pair++) {
    const n = count[pair] as number
    if (n === 0) continue
    const where = cell[pair] as number
    const off = (mean[pair] as number) - (effects.location[where] as number)
    const left = 1 - leverage(weights[pair] as number, cellVariance[where] as number)
    const ratio = ((within[pair] as number) * left + off * off) / (expected * left)
    const counted = (fade[pair] as number) * (n < MAX_UNIT_EVENTS ? n : MAX_UNIT_EVENTS)
    const weight = (factors[instance[pair] as number] as number) * counted
    squares[where] = (squares[where] as number) + weight * (ratio < MAX_RATIO ? ratio : MAX_RATIO)
    events[where] = (events[where] as number) + weight
  }
  return { squares, events }
}

function fitFactors(groupOf: Int32Array, isUsed: Uint8Array, { squares, events }: CellSpread): Float32Array {
  const groupSquares = new Float64Array(isUsed.length).fill(PRIOR_EVENTS)
  const groupEvents = new Float64Array(isUsed.length).fill(PRIOR_EVENTS)
  for (let cell = 0; cell < groupOf.length; cell++) {
    const group = groupOf[cell] as number
    groupSquares[group] = (groupSquares[group] as number) + (squares[cell] as number)
    groupEvents[group] = (groupEvents[group] as number) + (events[cell] as number)
  }
  return Float32Array.from(groupSquares, (sum, group) =>
    isUsed[group] === 1 ? sum / (groupEvents[group] as number) : 1,
  )
}
