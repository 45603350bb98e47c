import type { Cell, Measured } from './measure.ts'
import type { FoldingCosts } from './measure-folding.ts'
import type { RetentionResult } from './measure-retention.ts'

export interface MeasuredCell {
  readonly cell: Cell
  readonly floor: Measured
  readonly ours: Measured
}

/** What an event costs that is not told by the cells. */
export interface EventCosts extends FoldingCosts {
  /** In its table with all indexes. */
  readonly bytesPerEvent: number
  readonly walBytesPerEvent: number
}

export interface Results {
  readonly machine: string
  readonly date: string
  readonly cells: readonly MeasuredCell[]
  readonly costs: EventCosts
  readonly retention: RetentionResult | undefined
}

/** The part of docs/scaling.md that is measured, as Markdown. */
export function renderResults({ machine, date, cells, costs, retention }: Results): string {
  const rows = cells.map(
    ({ cell, floor, ours }) =>
      `| ${cell.perBatch} | ${cell.servers} | ${cell.storedEvents / 1e6} M | ${whole(floor.eventsPerSecond)} | ${whole(ours.eventsPerSecond)} | ${(ours.eventsPerSecond / floor.eventsPerSecond).toFixed(2)} | ${micros(floor.serverCpuMicros)} | ${micros(ours.serverCpuMicros)} | ${micros(floor.databaseCpuMicros)} | ${micros(ours.databaseCpuMicros)} | ${(ours.p99Ms ?? 0).toFixed(0)} |`,
  )
  return [
    `Measured on ${date}: ${machine}`,
    '',
    '| events a request | server processes | stored | floor, events/s | ours, events/s | ratio | client of the floor, µs | our servers, µs | database under the floor, µs | database under ours, µs | p99, ms |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    `An event takes ${whole(costs.bytesPerEvent)} bytes in its table with all indexes, and ${whole(costs.walBytesPerEvent)} bytes of write-ahead log. ` +
      `Reading events in order, folding them and saving the units, as the leader does, took ${micros(costs.foldingMicros)} µs an event ` +
      `in the process and ${micros(costs.foldingDatabaseMicros)} µs in the database, ${whole(costs.foldedPerSecond)} events a second.`,
    '',
    ...(retention === undefined ? [] : [retentionText(retention), '']),
  ].join('\n')
}

function retentionText(result: RetentionResult): string {
  return (
    `Retention deleted ${whole(result.pruned)} events at ${whole(result.prunedPerSecond)} a second beside a load that stored ` +
    `${whole(result.storedPerSecondMeanwhile)} a second meanwhile and ${whole(result.storedPerSecondBefore)} before. At its end ` +
    `${whole(result.deadRowsAtEnd)} dead rows waited for vacuum, after a vacuum ${whole(result.deadRowsAfterVacuum)}; the table went from ` +
    `${whole(result.eventsMbBefore)} to ${whole(result.eventsMbAtEnd)} MB with what was stored meanwhile. Of a pruned event ${whole(result.keptBytesPerEvent)} bytes stay (its key).`
  )
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ')
}

function micros(value: number): string {
  return value.toFixed(1)
}
