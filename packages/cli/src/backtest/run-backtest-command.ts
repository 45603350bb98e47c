import {
  compareAll,
  forecastMetrics,
  streamOfObservations,
  UNSCORED_EVENTS,
} from '@mosaicstack/telemetry-server/backtest'

import { CliError } from '../cli-error.ts'
import { counted, percent } from '../output/format.ts'
import { table } from '../output/table.ts'
import { terminal } from '../output/terminal.ts'
import { reportScores, type BacktestReport, type MethodFigures } from './backtest-report.ts'
import { readObservations } from './read-observations.ts'

const METHODS = `tuned     percentiles of the closest level with 5 tasks (type 7)
naive     percentiles of the closest level with 30 tasks
type 6    tuned, with the ranks that hold for the next task
core      what \`prediction\` answers: type 6, every instance held to its share
forecast  what \`forecast\` answers: pooled over all levels, calibrated`

export interface BacktestFlags {
  readonly json?: boolean
}

export async function runBacktestCommand(file: string | undefined, flags: BacktestFlags): Promise<void> {
  const { name, observations, skippedLines, firstProblem } = await readObservations(file)
  const events = streamOfObservations(observations)
  if (firstProblem !== undefined) {
    terminal.err(`${counted(skippedLines, 'line')} left out; the first: ${firstProblem}`)
  }
  if (events.length <= UNSCORED_EVENTS) {
    throw new CliError(`${name}: ${counted(events.length, 'task')} with usage, too few to judge`, {
      hint: `The first ${UNSCORED_EVENTS} are only learned from. Run it without a file to see the bundled tasks.`,
    })
  }

  const report: BacktestReport = {
    source: name,
    events: events.length,
    unscored_events: UNSCORED_EVENTS,
    skipped_lines: skippedLines,
    ...reportScores(compareAll(events, forecastMetrics.length)),
  }
  terminal.out(flags.json === true ? JSON.stringify(report, null, 2) : describe(report))
}

function describe(report: BacktestReport): string {
  return [
    `${report.events} tasks of ${report.source}, each predicted from the earlier ones;`,
    `the first ${report.unscored_events} are only learned from.`,
    ...report.metrics.flatMap(({ metric, methods }) => ['', terminal.bold(metric), metricTable(methods)]),
    '',
    terminal.bold('success'),
    successTable(report),
    '',
    METHODS,
    '',
    'LOSS is the mean pinball loss on ln value, less is better. IN RANGE is the share of tasks',
    'within p10 – p90: 80 % is right. RANGE is p90 / p10. BUDGET is how far stated chances of',
    'exceeding a budget were off, in points.',
  ].join('\n')
}

function metricTable(methods: readonly MethodFigures[]): string {
  const best = methods[0]?.loss ?? 1
  return table<MethodFigures>(
    [
      { title: 'METHOD', value: ({ method }) => method },
      { title: 'LOSS', align: 'right', value: ({ loss }) => loss.toFixed(4) },
      { title: 'VS TUNED', align: 'right', value: ({ loss }) => change(loss / best) },
      { title: 'IN RANGE', align: 'right', value: (row) => percent(row.inside_p10_p90) },
      { title: 'BELOW', align: 'right', value: (row) => percent(row.below_p10) },
      { title: 'ABOVE', align: 'right', value: (row) => percent(row.above_p90) },
      { title: 'RANGE', align: 'right', value: (row) => `×${row.range_factor.toFixed(1)}` },
      { title: 'BUDGET', align: 'right', value: (row) => (100 * row.budget_calibration_error).toFixed(1) },
    ],
    methods,
  )
}

function successTable(report: BacktestReport): string {
  return table<BacktestReport['success'][number]>(
    [
      { title: 'METHOD', value: ({ method }) => method },
      { title: 'BRIER', align: 'right', value: ({ brier }) => brier.toFixed(4) },
      {
        title: 'OFF BY',
        align: 'right',
        value: (row) => `${(100 * row.calibration_error).toFixed(1)} points`,
      },
    ],
    report.success,
  )
}

function change(ratio: number): string {
  const percentage = 100 * (ratio - 1)
  return `${percentage > 0 ? '+' : ''}${percentage.toFixed(1)} %`
}
