import {
  type BacktestEvent,
  ForecastCompetitor,
  ForecastReader,
  forecastMetrics,
  syntheticPopulation,
} from '@mosaicstack/telemetry-server/backtest'

import { atMost, mean, percent, type GoalRow, type Measurement } from './goal.ts'
import { tableStream, taskStream } from './real-streams.ts'

const SEEDS = [161, 162, 163] as const
/** What the server sums up. */
const DAYS = 30

const points = (share: number): string => `${(100 * share).toFixed(2)} pt`

/** G12: what the server says of its own forecasts, beside what its answers are found to be worth. */
export const selfMeasurement: Measurement = {
  goals: ['G12'],
  measure: () => [
    ...compare(
      'population, 20 000 events',
      SEEDS.map((seed) => syntheticPopulation({ seed, events: 20_000 })),
      1,
    ),
    ...compare(
      'table cost, 12 000 events',
      SEEDS.map((seed) => tableStream(seed, 12_000)),
      1,
    ),
    ...compare('Claude Code tasks', [taskStream()], forecastMetrics.length),
  ],
}

interface Measured {
  /** Shares of the tasks of the last 30 days within p10 to p90: what the server publishes, what is found. */
  readonly coverage: readonly [published: number, found: number]
  readonly loss: readonly [published: number, found: number]
}

function compare(
  name: string,
  streams: readonly (readonly BacktestEvent[])[],
  metrics: number,
): readonly GoalRow[] {
  const measured = streams.flatMap((stream) => measureStream(stream, metrics))
  const apart = measured.map(({ coverage: [published, found] }) => Math.abs(published - found))
  const lossApart = measured.map(({ loss: [published, found] }) => Math.abs(published / found - 1))
  const shown = (index: 0 | 1) => percent(mean(measured.map(({ coverage }) => coverage[index])))
  return [
    atMost(
      'G12',
      `coverage of 30 days, published (${shown(0)}) and found (${shown(1)}), most apart: ${name}`,
      Math.max(...apart),
      0.02,
      points,
    ),
    atMost(
      'G12',
      `loss of 30 days, published and found, most apart: ${name}`,
      Math.max(...lossApart),
      0.02,
      percent,
    ),
  ]
}

/** Runs a stream through the server's learner and scores its answers from outside, as a client sees them. */
function measureStream(events: readonly BacktestEvent[], metrics: number): readonly Measured[] {
  const server = new ForecastCompetitor(metrics)
  const reader = new ForecastReader()
  const lastDay = events.at(-1)?.day ?? 0
  const found = Array.from({ length: metrics }, () => ({ tasks: 0, inside: 0, loss: 0 }))
  let published: typeof server.forecaster.published
  for (const event of events) {
    if (server.forecaster.published !== undefined && server.forecaster.published !== published) {
      published = server.forecaster.published
      reader.publish(published)
    }
    if (event.day > lastDay - DAYS) {
      const answer = reader.forecast(event.cell)
      for (const [metric, sums] of found.entries())
        score(event.values[metric] ?? 0, metric, answer, server.predict(metric, event.cell), sums)
    }
    server.learn(event)
  }
  const own = server.preview().calibration
  return found.flatMap(({ tasks, inside, loss }, metric): Measured[] => {
    const figures = own[metric]
    if (figures === undefined || figures.tasks === 0 || tasks === 0) return []
    return [
      { coverage: [figures.inside / figures.tasks, inside / tasks], loss: [figures.loss, loss / tasks] },
    ]
  })
}

function score(
  value: number,
  metric: number,
  answer: ReturnType<ForecastReader['forecast']>,
  quantiles: Float64Array | undefined,
  sums: { tasks: number; inside: number; loss: number },
): void {
  const distribution = answer?.[forecastMetrics[metric] ?? 'input_tokens']
  if (value < 1 || distribution === undefined || quantiles === undefined) return
  sums.tasks++
  if (distribution.p10 <= value && value <= distribution.p90) sums.inside++
  sums.loss += meanPinball(quantiles, Math.log(value))
}

/** The definition, written down a second time. */
function meanPinball(quantiles: Float64Array, value: number): number {
  let sum = 0
  for (const [index, quantile] of quantiles.entries()) {
    const probability = 0.05 * (index + 1)
    sum += value >= quantile ? probability * (value - quantile) : (1 - probability) * (quantile - value)
  }
  return sum / quantiles.length
}
