import type { QueryResult } from './measure-queries.ts'
import { rateCases, type RateResult } from './measure-rates.ts'
import { quantile } from '../harness/quantile.ts'

export interface Results {
  readonly machine: string
  readonly date: string
  readonly rounds: number
  readonly rates: readonly RateResult[]
  readonly storedRuns: number
  readonly askings: number
  readonly queries: readonly QueryResult[]
}

const GOAL_P99_MS = 20

/** The page `docs/runs-benchmarks.md`, whole. */
export function renderDocument(results: Results): string {
  return `<!-- Written by bench/server/runs.ts. Do not edit: run it again. -->
# The agent-run API in figures

${results.date}: ${results.machine}
The load generator is a process on the same machine and takes its share of it, and so did other work: the spans from
the lowest round to the highest, and the control below, show how much. None of this is what a quiet machine would do.

## Writing

One run of 45 fields, about 1.2 KB of JSON; a new server and an empty store for each measurement; every answer means
that the run is synced to the disk. Median of ${results.rounds} rounds, and their span. CPU is that of the server, all
threads. "Recorded" is what the Python service has done on another day; it was not started for this table, how busy its
machine was is not known, nor how many connections sent its batches.

${rateTable(results.rates)}
## Reading

A store of ${results.storedRuns.toLocaleString('en-US')} runs over a year: 200 agents, the largest with a sixth of all runs, 20 jobs, 98 %
successful, every hundredth recorded up to 30 days after it began. 100 runs a page, ${results.askings} askings of each over HTTP, one
at a time, each with other values where there are any. The goal is p99 below ${GOAL_P99_MS} ms. The control is a question for one
run that is not there, asked after every other one: what it takes beyond a millisecond or two, the machine takes.
CPU is that of the server, the control's included.

${queryTable(results.queries)}`
}

function rateTable(rates: readonly RateResult[]): string {
  const rows = rateCases.map(({ name, recordedRunsPerSecond: recorded, goal }) => {
    const ofCase = rates.filter((rate) => rate.name === name)
    const median = (key: 'runsPerSecond' | 'p50Ms' | 'p99Ms' | 'cpuMicrosPerRun') =>
      quantile(
        ofCase.map((rate) => rate[key]),
        0.5,
      )
    const runsPerSecond = median('runsPerSecond')
    const times = recorded === undefined ? undefined : runsPerSecond / recorded
    return [
      name,
      runsPerSecond.toFixed(0),
      spanOf(ofCase.map((rate) => rate.runsPerSecond)),
      median('p50Ms').toFixed(2),
      median('p99Ms').toFixed(2),
      median('cpuMicrosPerRun').toFixed(0),
      spanOf(ofCase.map((rate) => rate.cpuMicrosPerRun)),
      recorded?.toFixed(0) ?? '',
      times?.toFixed(1) ?? '',
      goal === undefined || times === undefined ? '' : `${goal}: ${times >= goal ? 'met' : 'missed'}`,
    ]
  })
  const head = ['', 'runs/s', 'span', 'p50 ms', 'p99 ms', 'CPU us a run', 'span', 'recorded', 'times', 'goal']
  return table(head, rows)
}

function spanOf(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`
}

function queryTable(queries: readonly QueryResult[]): string {
  const rows = queries.map(({ name, page, runs, p50Ms, p99Ms, controlP99Ms, cpuMs }) => [
    name,
    page,
    String(runs),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    controlP99Ms.toFixed(1),
    cpuMs.toFixed(1),
    p99Ms < GOAL_P99_MS ? 'met' : 'missed',
  ])
  return table(['filter', 'page', 'runs', 'p50 ms', 'p99 ms', 'control p99 ms', 'CPU ms', 'goal'], rows)
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${[line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n')}\n`
}
