import { cellKey } from '../predictions/forecast/forecast-event.ts'
import type { ForecastEvent } from '../predictions/forecast/forecast-event.ts'
import type { Competitor } from './competitor.ts'
import { MetricScore, ProbabilityScore } from './metric-score.ts'

/** A task of a stream, and what only its maker knows. */
export interface BacktestEvent extends ForecastEvent {
  /** True quantiles 0.05 … 0.95 of ln value, metric by metric, where the stream has a known truth. */
  readonly truth?: readonly Float64Array[]
  /** An attacker's tasks are learned but not scored. */
  readonly isAttack?: boolean
}

/** Events that everybody may learn from before anybody is scored. */
export const UNSCORED_EVENTS = 200

export interface CompetitorScore {
  readonly name: string
  /** Metric by metric. */
  readonly metrics: readonly MetricScore[]
  readonly success: ProbabilityScore
}

/**
 * Every event is predicted from the earlier ones, scored, then learned: nothing comes from the future. A task is scored
 * where everybody predicts it. The budgets lie around the median of the first competitor.
 */
export function runBacktest(
  events: readonly BacktestEvent[],
  competitors: readonly Competitor[],
  metricCount: number,
): readonly CompetitorScore[] {
  const scores = competitors.map(({ name }) => ({
    name,
    metrics: Array.from({ length: metricCount }, () => new MetricScore()),
    success: new ProbabilityScore(),
  }))
  const cellEvents = new Map<string, number>()
  let honestEvents = 0
  for (const event of events) {
    const key = cellKey(event.cell)
    const known = cellEvents.get(key) ?? 0
    if (event.isAttack !== true && honestEvents++ >= UNSCORED_EVENTS)
      scoreEvent(event, competitors, scores, known)
    for (const competitor of competitors) competitor.learn(event)
    cellEvents.set(key, known + 1)
  }
  return scores
}

function scoreEvent(
  event: BacktestEvent,
  competitors: readonly Competitor[],
  scores: readonly CompetitorScore[],
  cellEvents: number,
): void {
  for (let metric = 0; metric < event.values.length; metric++) {
    const value = event.values[metric] ?? 0
    if (value < 1) continue
    const predicted = competitors.map((competitor) => competitor.predict(metric, event.cell))
    const centre = predicted[0]?.[9]
    if (centre === undefined || !predicted.every((points) => points !== undefined)) continue
    for (const [index, points] of predicted.entries()) {
      scores[index]?.metrics[metric]?.add(points, Math.log(value), cellEvents, centre)
    }
  }

  const chances = competitors.map((competitor) => competitor.predictSuccess(event.cell))
  for (const [index, chance] of chances.entries()) {
    if (chance !== undefined) scores[index]?.success.add(chance, event.succeeded)
  }
}
