import { CappedCore } from './capped-core.ts'
import type { Competitor } from './competitor.ts'
import { ForecastCompetitor } from './forecast-competitor.ts'
import { HardFallback, taskChain, tunedChain } from './hard-fallback.ts'
import { runBacktest } from './run-backtest.ts'
import type { BacktestEvent, CompetitorScore } from './run-backtest.ts'

/** The best hard fallback: the chain of the fixed fields from 5 events on. The others are measured against it. */
export function tunedFallback(): Competitor {
  return new HardFallback({ name: 'tuned', chain: tunedChain, minEvents: 5, percentileType: 7 })
}

/** What one writes first: 30 events or fall back, the task type kept longest. */
export function naiveFallback(): Competitor {
  return new HardFallback({ name: 'naive', chain: taskChain, minEvents: 30, percentileType: 7 })
}

/** Everybody side by side, `tuned` first. `more` run along. */
export function compareAll(
  events: readonly BacktestEvent[],
  metricCount: number,
  more: readonly Competitor[] = [],
): readonly CompetitorScore[] {
  const forecast = new ForecastCompetitor(metricCount)
  return runBacktest(
    events,
    [
      tunedFallback(),
      naiveFallback(),
      new HardFallback({ name: 'type 6', chain: tunedChain, minEvents: 5, percentileType: 6 }),
      new CappedCore(forecast.trust),
      forecast,
      ...more,
    ],
    metricCount,
  )
}
