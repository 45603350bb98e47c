import { quantile } from '../../harness/quantile.ts'
import { nameOf } from '../cells.ts'
import type { Pair } from '../measure-throughput.ts'
import { table, thousands } from './table.ts'
import type { IngestResults } from './results.ts'

type Throughput = NonNullable<IngestResults['throughput']>
type TargetOf = 'floor' | 'ours'

/** Events a second in every cell, and how much of the floor that is. */
export function throughputText({ machine, date, rounds, seconds, ceiling, pairs }: Throughput): string {
  const head = [
    '',
    'floor, events/s',
    'ours, events/s',
    'ours / floor',
    'span of the ratio',
    'p50 ms',
    'p99 ms',
  ]
  const ceilings = Object.entries(ceiling).map(
    ([perBatch, rate]) => `${thousands(rate)} requests a second of ${perBatch}`,
  )
  return `${date}: ${machine}
${rounds} rounds of ${seconds} s. Medians; a ratio is that of two runs right after each other. The load generator
alone, against a server that answers at once: ${ceilings.join(', ')}.

${table(head, byCell(pairs).map(rowOf))}
`
}

/** CPU of the processes while under full load, thread by thread. */
export function threadText({ pairs }: Throughput): string {
  const rows = byCell(pairs)
    .filter(([first]) => isHeaviest(first))
    .flatMap((own) => [threadRow('floor', own), threadRow('ours', own)])
  return `${table(['CPU, us an event', ...THREADS, 'all'], rows)}\n`
}

const THREADS = ['main', 'writer', 'forecast', 'reader', 'other']

function threadRow(target: TargetOf, pairs: Pairs): readonly string[] {
  const byThread = THREADS.map((thread) => median(pairs, (pair) => pair[target].cpuMicros[thread] ?? 0))
  const all = byThread.reduce((sum, each) => sum + each, 0)
  return [`${target}: ${nameOf(pairs[0].cell)}`, ...byThread.map(show), show(all)]
}

type Pairs = readonly [Pair, ...Pair[]]

function byCell(pairs: readonly Pair[]): readonly Pairs[] {
  const groups = new Map<string, [Pair, ...Pair[]]>()
  for (const pair of pairs) {
    const name = nameOf(pair.cell)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [pair])
    else group.push(pair)
  }
  return [...groups.values()]
}

function isHeaviest({ cell }: Pair): boolean {
  const { perBatch, connections, storedEvents, ids } = cell
  return storedEvents === 0 && ids === 'random' && connections === (perBatch === 1 ? 64 : 16)
}

function rowOf(pairs: Pairs): readonly string[] {
  const ratios = pairs.map(({ ours, floor }) => ours.eventsPerSecond / floor.eventsPerSecond)
  const rate = (target: TargetOf) => thousands(median(pairs, (pair) => pair[target].eventsPerSecond))
  return [
    nameOf(pairs[0].cell),
    rate('floor'),
    rate('ours'),
    show(quantile(ratios, 0.5)),
    `${show(Math.min(...ratios))} to ${show(Math.max(...ratios))}`,
    median(pairs, ({ ours }) => ours.p50Ms).toFixed(1),
    median(pairs, ({ ours }) => ours.p99Ms).toFixed(1),
  ]
}

function median(pairs: Pairs, valueOf: (pair: Pair) => number): number {
  return quantile(pairs.map(valueOf), 0.5)
}

function show(value: number): string {
  return value.toFixed(2)
}
