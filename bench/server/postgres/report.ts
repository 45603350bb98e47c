import type { Cell, Measured } from './measure.ts'
import type { RetentionResult } from './measure-retention.ts'

export interface MeasuredCell {
  readonly cell: Cell
  readonly floor: Measured
  readonly ours: Measured
}

export interface Results {
  readonly machine: string
  readonly date: string
  readonly cells: readonly MeasuredCell[]
  readonly bytesPerEvent: number | undefined
  readonly walBytesPerEvent: number | undefined
  readonly retention: RetentionResult | undefined
}

/** The part of docs/scaling.md that is measured, as Markdown. */
export function renderResults({
  machine,
  date,
  cells,
  bytesPerEvent,
  walBytesPerEvent,
  retention,
}: Results): string {
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
    ...(bytesPerEvent === undefined
      ? []
      : [
          `An event takes ${whole(bytesPerEvent)} bytes in its table with all indexes, and ${whole(walBytesPerEvent ?? 0)} bytes of write-ahead log.`,
          '',
        ]),
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
