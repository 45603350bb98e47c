import { curveProbabilities } from '../predictions/forecast/quantile-curve.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Standard deviation of an instance's own effect, everywhere. */
export const INSTANCE_SD = 0.25
/** Standard deviation of what an instance does differently in one cell. */
export const HABIT_SD = 0.35

const NOISE_SD = 0.95
const NOISE_FREEDOM = 5
const MODE_DISTANCE = 2.2
/** Of the noise within one of two modes, relative to that of a cell with one. */
const MODE_NARROWING = 0.6
const SHAPE_DRAWS = 20_000

/** Chance of the upper mode in a cell with two, by kind; the first kind has one mode. */
const upperModes = [undefined, 0.25, 0.5] as const

/** The kinds of cells. */
export const shapeKinds: readonly number[] = [...upperModes.keys()]

/** What chance adds to one task of a kind of cell, around 0. */
export function drawNoise(kind: number, random: SeededRandom): number {
  const noise = NOISE_SD * random.studentT(NOISE_FREEDOM) * Math.sqrt((NOISE_FREEDOM - 2) / NOISE_FREEDOM)
  const upper = upperModes[kind]
  if (upper === undefined) return noise
  const mode = (random.uniform() < upper ? 1 - upper : -upper) * MODE_DISTANCE
  return MODE_NARROWING * noise + mode
}

/** Quantiles 0.05 … 0.95 of what instance, habit and chance together add to a task, drawn rather than computed. */
export function drawShape(kind: number, random: SeededRandom): Float64Array {
  const draws = Float64Array.from(
    { length: SHAPE_DRAWS },
    () => INSTANCE_SD * random.normal() + HABIT_SD * random.normal() + drawNoise(kind, random),
  ).sort()
  return Float64Array.from(
    curveProbabilities,
    (probability) => draws[Math.floor(probability * SHAPE_DRAWS)] as number,
  )
}
