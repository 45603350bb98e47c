import { readFileSync } from 'node:fs'

import {
  benchmarkStream,
  canonicalModel,
  compareAll,
  observationOfEvent,
  streamOfObservations,
  type BacktestEvent,
  type BenchmarkRun,
  type CompetitorScore,
} from '@mosaicstack/telemetry-server/backtest'
import { readTaskRecords } from 'mosaic-telemetry/dist/demo/task-records.js'

export const SEEDS = [101, 102, 103] as const
export const STREAM_EVENTS = [1000, 4000, 12_000] as const
const DAY_SECONDS = 24 * 60 * 60

/** All scores on the streams from the benchmark table, by length, seed by seed. Measured once. */
export function tableScores(): ReadonlyMap<number, readonly (readonly CompetitorScore[])[]> {
  measuredTable ??= new Map(
    STREAM_EVENTS.map((events) => [events, SEEDS.map((seed) => compareAll(tableStream(seed, events), 1))]),
  )
  return measuredTable
}
let measuredTable: ReadonlyMap<number, readonly (readonly CompetitorScore[])[]> | undefined

/** All scores on the bundled tasks, four metrics. Measured once. */
export function taskScores(): readonly CompetitorScore[] {
  measuredTasks ??= compareAll(taskStream(), 4)
  return measuredTasks
}
let measuredTasks: readonly CompetitorScore[] | undefined

/** The benchmark table as a stream of costs. */
export function tableStream(seed: number, events: number): readonly BacktestEvent[] {
  return benchmarkStream(readRuns(), { seed, events })
}

/** The bundled tasks, four metrics. */
export function taskStream(): readonly BacktestEvent[] {
  return streamOfObservations(readTaskRecords().map(({ event }) => observationOfEvent(event)))
}

/** What `messageScores` measures, in its order. */
export const messageMetrics = ['input_tokens', 'output_tokens', 'cost_usd_micros'] as const

/** All scores on the messages sent to models with aider, three metrics. Measured once. */
export function messageScores(): readonly CompetitorScore[] {
  measuredMessages ??= compareAll(readMessages(), messageMetrics.length)
  return measuredMessages
}
let measuredMessages: readonly CompetitorScore[] | undefined

/** The scores of one competitor. */
export function scoreOf(scores: readonly CompetitorScore[], name: string): CompetitorScore {
  const score = scores.find((candidate) => candidate.name === name)
  if (score === undefined) throw new Error(`nobody is called ${name}`)
  return score
}

/** The edit format is the task type, what stands before the first slash of the model the provider. */
function readMessages(): readonly BacktestEvent[] {
  return readRows('aider-messages.csv').map(
    ([time, user = '', model = '', format = '', input, output, cost]) => ({
      cell: {
        taskType: format,
        model: canonicalModel(model),
        provider: model.includes('/') ? (model.split('/')[0] ?? '') : 'unknown',
        complexity: 'medium',
      },
      instanceId: user,
      day: Math.floor(Number(time) / DAY_SECONDS),
      values: [Number(input), Number(output), Number(cost)],
      succeeded: true,
    }),
  )
}

function readRuns(): readonly BenchmarkRun[] {
  return readRows('openhands-runs.csv').map((cells) => {
    const [agent = '', model = '', benchmark = '', project = '', task = '', cost = '', resolved = ''] = cells
    return { agent, model, benchmark, project, task, costUsdMicros: Number(cost), resolved: resolved === '1' }
  })
}

function readRows(name: string): readonly string[][] {
  const [, ...lines] = readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => line.split(','))
}
