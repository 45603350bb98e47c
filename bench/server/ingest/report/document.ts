import { quantile } from '../../harness/quantile.ts'
import type { StageTable } from '../../stages/stages.ts'
import { nameOf } from '../cells.ts'
import type { HalfLoad } from '../measure-latency.ts'
import { overloadText } from './overload-text.ts'
import type { IngestResults } from './results.ts'
import { table, thousands } from './table.ts'
import { threadText, throughputText } from './throughput-text.ts'

/** The page `docs/performance.md`, whole, from the results that there are. */
export function renderDocument({ throughput, halfLoad, stages, overload }: IngestResults): string {
  return [
    INTRODUCTION,
    ...(throughput ? ['## Throughput\n', throughputText(throughput), TO_READ_THROUGHPUT] : []),
    ...(halfLoad
      ? [
          '## Answer times at half load\n',
          `${halfLoad.date}: ${halfLoad.machine}\n`,
          halfLoadText(halfLoad.cells),
        ]
      : []),
    ...(throughput || stages ? ['## Where the time goes\n'] : []),
    ...(throughput ? [THREADS, threadText(throughput)] : []),
    ...(stages ? [STAGES, `${stages.date}: ${stages.machine}\n`, ...stages.tables.map(stageText)] : []),
    ...(overload ? ['## Beyond capacity\n', OVERLOAD, overloadText(overload)] : []),
  ].join('\n')
}

const INTRODUCTION = `<!-- Written by bench/server (npm run bench:ingest -- --write). Do not edit: run it again. -->
# Ingest in figures

How fast one server on one machine takes events, beside the floor: the least that any server must do for the same
promise, without any cleverness. The floor is \`node:http\`, \`JSON.parse\`, the same columns into the same table with the
same unique key, one writer thread fed flat arrays, group commit, and a sync to the disk before the answer; no keys, no
validation, no predictions, no logs, no counters. Ours is \`mosaic-telemetry serve\` with everything on. Both run with one
load generator on the same machine, which takes its share of it. Where ours is the faster one, it is so because it reads
bodies that our clients wrote from their bytes straight into rows, keeps the next group ready for the writer, and copies
SQLite's log beside commits. A body that is not plain costs what the rows \`careful\` of the stages say, in place of
reading it into rows. How to repeat it and what each part means:
[bench/server/README.md](../bench/server/README.md).
`

const TO_READ_THROUGHPUT = `Each run starts a new process on a copy of the same filled store, and ends by comparing what is stored with what was
answered. "Ordered" ids are UUIDv7, as our clients make them; "random" ones are UUIDv4. Answer times here are those of a
server with as much to do as it can take: they are connections times work, nothing else.
`

const THREADS = `CPU time of the two processes under full load. \`other\` is what Node runs beside our threads: garbage collection, the
compiler, file access. The forecast learns with the lowest priority, in time that nobody else wants.
`

const STAGES = `Each stage is the server's own function, run on the bodies of the load in one process: the least CPU time of twelve
passes, garbage collection included, without the operating system's part of the network. The writer works beside the
main thread, and waiting for the disk costs it nothing but time.
`

const OVERLOAD = `Real clients with spools, in several processes, track twice what the server takes for minutes; then its disk recovers.
The disk is made slow on purpose, so that clients on the same machine can overload it. What waits is bounded by settings.
What memory grows by is what predictions learn from the events that are stored meanwhile: less and less, as units are
sketched, while the overload stays what it is.
`

function halfLoadText(cells: readonly HalfLoad[]): string {
  const rows = cells.map(({ cell, eventsPerSecond, p50Ms, p99Ms }) => [
    nameOf(cell),
    thousands(eventsPerSecond),
    quantile(p50Ms, 0.5).toFixed(1),
    quantile(p99Ms, 0.5).toFixed(1),
    `${Math.min(...p99Ms).toFixed(1)} to ${Math.max(...p99Ms).toFixed(1)}`,
  ])
  return `Requests come at half the rate that was measured above, whether or not others are answered; a request that finds all
connections busy waits, and its waiting counts.

${table(['', 'events/s', 'p50 ms', 'p99 ms', 'span of p99'], rows)}
`
}

function stageText({ perBatch, stages }: StageTable): string {
  const sumOf = (thread: string) =>
    stages
      .filter((stage) => stage.thread === thread)
      .reduce((sum, { microsPerEvent }) => sum + microsPerEvent, 0)
  const rows = stages.map(({ name, thread, microsPerEvent }) => [name, thread, microsPerEvent.toFixed(2)])
  const sums = ['main', 'writer'].map((thread) => [`all of ${thread}`, thread, sumOf(thread).toFixed(2)])
  const name = perBatch === 1 ? 'one by one' : `batches of ${perBatch}`
  return `${table([name, 'thread', 'us an event'], [...rows, ...sums])}\n`
}
