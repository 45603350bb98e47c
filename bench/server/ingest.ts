import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { describeMachine, measureBusyness } from './harness/machine.ts'
import { quantile } from './harness/quantile.ts'
import { type Cell, type CellFilter, cellsOf, everything, nameOf } from './ingest/cells.ts'
import { type HalfLoad, measureHalfLoad } from './ingest/measure-latency.ts'
import { measureOnce } from './ingest/measure-once.ts'
import { measureThroughput, type Pair } from './ingest/measure-throughput.ts'
import { renderDocument } from './ingest/report/document.ts'
import { keepResults, readResults } from './ingest/report/results.ts'
import type { StageTable } from './stages/stages.ts'

/** Measures ingest beside its floor, part by part. See README.md. */
const { values: options } = parseArgs({
  options: {
    part: { type: 'string', multiple: true, default: ['throughput', 'latency', 'stages'] },
    batch: { type: 'string', multiple: true, default: ['100', '1'] },
    connections: { type: 'string', multiple: true, default: everything.connections.map(String) },
    stored: { type: 'string', multiple: true, default: everything.storedEvents.map(String) },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    full: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const rounds = Number(options.rounds)
const timing = { warmUpSeconds: 4, seconds: Number(options.seconds) }
const batches = options.batch.map(Number)
const wanted: CellFilter = {
  connections: options.connections.map(Number),
  storedEvents: options.stored.map(Number),
  isFull: options.full,
}

if (options.part.includes('throughput')) await throughputPart()
if (options.part.includes('latency')) await latencyPart()
if (options.part.includes('stages')) await stagesPart()
const page = renderDocument(readResults())
console.log(page)
if (options.write) {
  writeFileSync(fileURLToPath(new URL('../../../docs/performance.md', import.meta.url)), page)
}

async function throughputPart(): Promise<void> {
  const measured = await onThisMachine(async () => {
    const ceiling: Record<number, number> = {}
    for (const perBatch of batches) {
      const { answered, seconds } = await measureOnce('instant', heaviest(perBatch, 0), timing)
      ceiling[perBatch] = answered / seconds
    }
    const cells = batches.flatMap((perBatch) => cellsOf(perBatch, wanted))
    return { ceiling, pairs: await measureThroughput(cells, rounds, timing, tellPair) }
  })
  keepResults({ throughput: { ...measured, rounds, seconds: timing.seconds } })
}

async function latencyPart(): Promise<void> {
  const measured = await onThisMachine(async () => {
    const cells: HalfLoad[] = []
    const fills = [...new Set([0, Math.max(...wanted.storedEvents)])]
    for (const cell of batches.flatMap((perBatch) => fills.map((stored) => heaviest(perBatch, stored)))) {
      cells.push(await measureHalfLoad(cell, await mostRequests(cell), rounds, timing))
      console.error(
        `half load, ${nameOf(cell)}: p99 ${cells
          .at(-1)
          ?.p99Ms.map((ms) => ms.toFixed(1))
          .join(', ')} ms`,
      )
    }
    return { cells }
  })
  keepResults({ halfLoad: measured })
}

async function stagesPart(): Promise<void> {
  const child = fileURLToPath(new URL('stages/stages-child.js', import.meta.url))
  const measured = await onThisMachine(async () => {
    const output = execFileSync(process.execPath, ['--single-threaded-gc', child], { encoding: 'utf8' })
    return { tables: JSON.parse(output) as readonly StageTable[] }
  })
  keepResults({ stages: measured })
}

/** Enough connections for the server never to wait for work. */
function heaviest(perBatch: number, storedEvents: number): Cell {
  return { perBatch, connections: perBatch === 1 ? 64 : 16, storedEvents, ids: 'random' }
}

/** Requests a second that ours takes in a cell, as throughput was measured, or else as it is now. */
async function mostRequests(cell: Cell): Promise<number> {
  const measured = (readResults().throughput?.pairs ?? [])
    .filter((pair) => nameOf(pair.cell) === nameOf(cell))
    .map(({ ours }) => ours.eventsPerSecond / cell.perBatch)
  if (measured.length > 0) return quantile(measured, 0.5)
  const { eventsPerSecond } = await measureOnce('ours', cell, timing)
  return eventsPerSecond / cell.perBatch
}

function tellPair({ cell, floor, ours }: Pair): void {
  const ratio = (ours.eventsPerSecond / floor.eventsPerSecond).toFixed(2)
  const rates = `${floor.eventsPerSecond.toFixed(0)} and ${ours.eventsPerSecond.toFixed(0)} events/s`
  console.error(`${nameOf(cell)}: ${rates}, ratio ${ratio}, ${floor.failures + ours.failures} failures`)
}

async function onThisMachine<Measured>(measure: () => Promise<Measured>) {
  const before = measureBusyness()
  const measured = await measure()
  const machine = describeMachine(before, measureBusyness())
  return { ...measured, machine, date: new Date().toISOString().slice(0, 10) }
}
