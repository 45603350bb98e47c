import {
  FixedMemory,
  ForecastCompetitor,
  memoryDays,
  runBacktest,
  syntheticPopulation,
} from '@mosaicstack/telemetry-server/backtest'

import { atMost, mean, ratio, type GoalRow, type Measurement } from './goal.ts'
import { scoreOf } from './real-streams.ts'

const SEEDS = [131, 132, 133] as const
const EVENTS = 5000
const DAYS = 80
const DAILY_STEPS = [0, 0.05, 0.1] as const

/** G8: the chosen memory against the best of the fixed ones. */
export const drift: Measurement = {
  goals: ['G8'],
  measure: () => DAILY_STEPS.map(measureDrift),
}

function measureDrift(driftPerDay: number): GoalRow {
  const runs = SEEDS.map((seed) => {
    const events = syntheticPopulation({ seed, events: EVENTS, days: DAYS, driftPerDay, hasReleases: false })
    const forecast = new ForecastCompetitor(1)
    const fixed = memoryDays.map((days, memory) => new FixedMemory(`${days} d`, forecast, memory))
    // The fixed ones come first: they read what the forecast knows before it learns.
    return runBacktest(events, [...fixed, forecast], 1)
  })
  const loss = (name: string) => mean(runs.map((run) => scoreOf(run, name).metrics[0]?.all.figures.loss ?? 0))
  const best = memoryDays.map((days) => `${days} d`).reduce((a, b) => (loss(b) < loss(a) ? b : a))
  const what = `loss, chosen / best fixed memory (${best}): daily step ${driftPerDay}`
  return atMost('G8', what, loss('forecast') / loss(best), 1.01, ratio)
}
