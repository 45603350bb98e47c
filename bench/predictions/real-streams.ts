import { readFileSync } from 'node:fs'

import {
  benchmarkStream,
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

/** The scores of one competitor. */
export function scoreOf(scores: readonly CompetitorScore[], name: string): CompetitorScore {
  const score = scores.find((candidate) => candidate.name === name)
  if (score === undefined) throw new Error(`nobody is called ${name}`)
  return score
}

function readRuns(): readonly BenchmarkRun[] {
  const file = new URL('../data/openhands-runs.csv', import.meta.url)
  const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const [agent = '', model = '', benchmark = '', project = '', task = '', cost = '', resolved = ''] =
      line.split(',')
    return { agent, model, benchmark, project, task, costUsdMicros: Number(cost), resolved: resolved === '1' }
  })
}
