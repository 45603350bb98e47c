import {
  type CompetitorScore,
  evidenceFrom,
  forecastMetrics,
  type Figures,
} from '@mosaicstack/telemetry-server/backtest'

import { atMost, inRange, mean, percent, ratio, type GoalRow, type Measurement } from './goal.ts'
import {
  messageMetrics,
  messageScores,
  scoreOf,
  STREAM_EVENTS,
  tableScores,
  taskScores,
} from './real-streams.ts'

const MAX_RATIO_TO_TUNED: Readonly<Record<number, number>> = { 1000: 0.93, 4000: 0.96, 12_000: 0.97 }
const MIN_BUCKET_TASKS = 300

/** G2, G4, G5, G6 on what is published. */
export const realData: Measurement = {
  goals: ['G2', 'G4', 'G5', 'G6'],
  measure: () => [...losses(), ...coverage(), ...unseenCells(), ...probabilities()],
}

function losses(): readonly GoalRow[] {
  const ofTable = STREAM_EVENTS.map((events) =>
    atMost(
      'G2',
      `loss, forecast / tuned: table cost, ${events} events`,
      tableRatio(events, 'tuned'),
      MAX_RATIO_TO_TUNED[events] ?? 1,
      ratio,
    ),
  )
  const ofOrdered = orderedStreams().flatMap(({ name, metrics, scores }) => {
    const to = (baseline: string, what: string, limit: number) =>
      metrics.map((metric, index) =>
        atMost('G2', `${what}: ${name}, ${metric}`, lossRatio(scores(), index, baseline), limit, ratio),
      )
    return to('tuned', 'same', 0.93).concat(to('naive', 'loss, forecast / naive', Infinity))
  })
  const toNaive = mean([tableRatio(1000, 'naive'), tableRatio(4000, 'naive')])
  return [
    ...ofTable,
    ...ofOrdered,
    atMost('G2', 'loss, forecast / naive: table cost, 1000 and 4000', toNaive, 0.8, ratio),
  ]
}

function coverage(): readonly GoalRow[] {
  const ofTable = STREAM_EVENTS.flatMap((events) =>
    coverageRows(`table cost, ${events}`, tableFigures(events)),
  )
  const ofOrdered = orderedStreams().flatMap(({ name, metrics, scores }) =>
    metrics.flatMap((metric, index) => {
      const score = scoreOf(scores(), 'forecast').metrics[index]
      return score === undefined ? [] : coverageRows(`${name}, ${metric}`, score.all.figures)
    }),
  )
  return [...ofTable, ...ofOrdered, ...bucketRows()]
}

/** The streams that come as they happened, in their own order. */
function orderedStreams() {
  return [
    { name: 'Claude Code tasks (1111)', metrics: forecastMetrics, scores: taskScores },
    { name: 'aider messages (1534)', metrics: messageMetrics, scores: messageScores },
  ]
}

function coverageRows(what: string, figures: Figures): readonly GoalRow[] {
  return [
    inRange('G4', `within p10 – p90: ${what}`, figures.inside80, [0.77, 0.83], percent),
    inRange('G4', `within p25 – p75: ${what}`, figures.inside50, [0.46, 0.54], percent),
    inRange('G4', `below p10: ${what}`, figures.below10, [0.075, 0.125], percent),
    inRange('G4', `above p90: ${what}`, figures.above90, [0.075, 0.125], percent),
  ]
}

/** The evidence buckets of all table streams of one length together. */
function bucketRows(): readonly GoalRow[] {
  return STREAM_EVENTS.flatMap((events) =>
    evidenceFrom.flatMap((from, bucket) => {
      const figures = bucketFigures(events, bucket)
      const tasks = figures.reduce((sum, own) => sum + own.tasks, 0)
      if (tasks < MIN_BUCKET_TASKS) return []
      const inside = figures.reduce((sum, own) => sum + own.tasks * own.inside80, 0) / tasks
      const what = `within p10 – p90: table cost, ${events}, cells with ${from}+ tasks (${tasks})`
      return [inRange('G4', what, inside, [0.73, 0.87], percent)]
    }),
  )
}

function unseenCells(): readonly GoalRow[] {
  const value = unseenLoss('forecast') / unseenLoss('tuned')
  return [
    atMost('G5', 'loss, forecast / tuned, cells never seen: table cost, 1000 events', value, 0.9, ratio),
  ]
}

function unseenLoss(name: string): number {
  const figures = bucketFigures(1000, 0, name)
  const tasks = figures.reduce((sum, own) => sum + own.tasks, 0)
  return figures.reduce((sum, own) => sum + own.tasks * own.loss, 0) / tasks
}

function probabilities(): readonly GoalRow[] {
  return STREAM_EVENTS.flatMap((events) => {
    const runs = tableScores().get(events) ?? []
    const average = (pick: (name: string, run: (typeof runs)[number]) => number, name: string) =>
      mean(runs.map((run) => pick(name, run)))
    const budget = average(
      (name, run) => scoreOf(run, name).metrics[0]?.budgets.calibrationError ?? 1,
      'forecast',
    )
    const brier = (name: string) => average((own, run) => scoreOf(run, own).success.brier, name)
    const off = average((name, run) => scoreOf(run, name).success.calibrationError, 'forecast')
    return [
      atMost('G6', `chance of exceeding a budget, error: table cost, ${events}`, budget, 0.02, ratio),
      atMost(
        'G6',
        `success, Brier, forecast / rate: table, ${events}`,
        brier('forecast') / brier('tuned'),
        0.95,
        ratio,
      ),
      atMost('G6', `success, calibration error: table, ${events}`, off, 0.04, ratio),
    ]
  })
}

function tableRatio(events: number, name: string): number {
  const runs = tableScores().get(events) ?? []
  const loss = (who: string) => mean(runs.map((run) => scoreOf(run, who).metrics[0]?.all.figures.loss ?? 0))
  return loss('forecast') / loss(name)
}

function lossRatio(scores: readonly CompetitorScore[], metric: number, to: string): number {
  const loss = (name: string) => scoreOf(scores, name).metrics[metric]?.all.figures.loss ?? 0
  return loss('forecast') / loss(to)
}

function tableFigures(events: number): Figures {
  const figures = (tableScores().get(events) ?? []).flatMap((run) => {
    const score = scoreOf(run, 'forecast').metrics[0]
    return score === undefined ? [] : [score.all.figures]
  })
  const average = (field: keyof Figures) => mean(figures.map((own) => own[field]))
  return {
    tasks: average('tasks'),
    loss: average('loss'),
    rawLoss: average('rawLoss'),
    inside80: average('inside80'),
    inside50: average('inside50'),
    below10: average('below10'),
    above90: average('above90'),
    width: average('width'),
  }
}

function bucketFigures(events: number, bucket: number, name = 'forecast'): readonly Figures[] {
  return (tableScores().get(events) ?? []).flatMap((run) => {
    const score = scoreOf(run, name).metrics[0]?.byEvidence[bucket]
    return score === undefined ? [] : [score.figures]
  })
}
