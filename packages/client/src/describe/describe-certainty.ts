import type { ForecastCalibration, PredictionResponse } from '../protocol/index.ts'

import { counted, percent } from './format.ts'

/** A task is judged by its cost, its duration and both kinds of tokens, which tend to miss together. */
const RANGES_PER_TASK = 4
/** With fewer tasks a share says nothing. */
const LEAST_TASKS = 20

/** What nobody would plan by: a share that misses its target by less is as good as right, however sure the miss. */
const SLIGHT_MISS = 0.03

/** Below it the 10th and the 90th percentile are the smallest and the largest value. */
const LEAST_OBSERVED = 9

/** How far the ranges of a prediction can be believed. */
export function describeCertainty({ forecast, metadata }: PredictionResponse): string[] {
  if (forecast !== undefined) return [describeCalibration(forecast.calibration)]
  const { sample_size: size } = metadata
  return size < LEAST_OBSERVED
    ? [`No forecast yet: ranges go from the least to the most that ${counted(size, 'task')} took.`]
    : ['No forecast yet: ranges are those of the tasks observed.']
}

/** What became of the forecasts of the last 30 days. */
export function describeCalibration({ target, observed_30d: held, n }: ForecastCalibration): string {
  if (held === null || n === 0) return 'No range has been put to the test yet.'

  const tasks = n / RANGES_PER_TASK
  const record = `Of ${counted(n, 'range')} in 30 days ${percent(held)} held (${percent(target)} is right)`
  if (tasks < LEAST_TASKS) return `${record}, too few to judge by.`
  // What is right misses its target by chance too: 19 times in 20 by less than two standard deviations.
  const byChance = 2 * Math.sqrt((target * (1 - target)) / tasks)
  const slight = Math.max(byChance, SLIGHT_MISS)
  if (held < target - slight) return `${record}: they are too narrow.`
  return held > target + slight ? `${record}: they are too wide.` : `${record}.`
}
