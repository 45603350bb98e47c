import {
  ForecastCompetitor,
  Oracle,
  type PopulationSettings,
  runBacktest,
  syntheticPopulation,
  tunedFallback,
} from '@mosaicstack/telemetry-server/backtest'

import { atMost, mean, ratio, type GoalRow, type Measurement } from './goal.ts'
import { scoreOf } from './real-streams.ts'

const SEEDS = [111, 112, 113] as const
const MAX_RATIO_TO_ORACLE: readonly (readonly [events: number, limit: number])[] = [
  [1000, 1.09],
  [5000, 1.04],
  [20_000, 1.02],
]

/** G3: how far from the one who knows the true distributions. */
export const knownTruth: Measurement = {
  goals: ['G3'],
  measure: () => [
    ...MAX_RATIO_TO_ORACLE.map(([events, limit]) => row(events, limit, {})),
    ...MAX_RATIO_TO_ORACLE.map(([events]) => row(events, Infinity, plain)),
  ],
}

/** Main effects and instances only: shows how much of the distance comes from the rest. */
const plain = { hasInteractions: false, hasReleases: false, driftPerDay: 0 }

function row(events: number, limit: number, settings: Partial<PopulationSettings>): GoalRow {
  const runs = SEEDS.map((seed) => {
    const stream = syntheticPopulation({ seed, events, ...settings })
    return runBacktest(stream, [tunedFallback(), new ForecastCompetitor(1), new Oracle(stream)], 1)
  })
  const loss = (name: string) => mean(runs.map((run) => scoreOf(run, name).metrics[0]?.all.figures.loss ?? 0))
  const closed = (loss('tuned') - loss('forecast')) / (loss('tuned') - loss('oracle'))
  const kind = settings === plain ? ', main effects only' : ''
  const what = `loss, forecast / oracle, ${events} events${kind} (tuned / oracle ${ratio(loss('tuned') / loss('oracle'))}, gap closed ${Math.round(100 * closed)} %)`
  return atMost('G3', what, loss('forecast') / loss('oracle'), limit, ratio)
}
