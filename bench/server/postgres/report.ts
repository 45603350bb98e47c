import type { RetentionResult } from './measure-retention.ts'
import { micros, whole } from './numbers.ts'
import type { MeasuredCell, Results } from './results.ts'

const COLUMNS: readonly (readonly [title: string, show: (measured: MeasuredCell) => string])[] = [
  ['events a request', ({ cell }) => String(cell.perBatch)],
  ['connections', ({ cell }) => String(cell.connections)],
  ['servers', ({ cell }) => String(cell.servers)],
  ['stored', ({ cell }) => `${cell.storedEvents / 1e6} M`],
  ['floor, events/s', ({ floor }) => whole(floor.eventsPerSecond)],
  ['ours, events/s', ({ ours }) => whole(ours.eventsPerSecond)],
  ['ratio', ({ floor, ours }) => (ours.eventsPerSecond / floor.eventsPerSecond).toFixed(2)],
  ['p99, ms', ({ ours }) => ours.p99Ms.toFixed(0)],
  ['not yet folded, s', ({ ours }) => (ours.unfoldedEvents / ours.eventsPerSecond).toFixed(1)],
]

const CPU_COLUMNS: typeof COLUMNS = [
  ...COLUMNS.slice(0, 4),
  ['floor: client', ({ floor }) => micros(floor.clientMicros)],
  ['floor: PostgreSQL', ({ floor }) => micros(floor.databaseMicros)],
  ['ours: main thread', ({ ours }) => micros(ours.mainMicros)],
  ['ours: forecast', ({ ours }) => micros(ours.forecastMicros)],
  ['ours: other of Node', ({ ours }) => micros(ours.otherMicros)],
  ['ours: PostgreSQL', ({ ours }) => micros(ours.databaseMicros)],
  ['load', ({ ours }) => micros(ours.loadMicros)],
]

/** The part of docs/scaling.md that is measured, as Markdown. */
export function renderResults({ machine, date, cells, costs, retention }: Results): string {
  return [
    `Measured on ${date}: ${machine}`,
    '',
    ...tableOf(COLUMNS, cells),
    '',
    'Processor time of an event by process, in microseconds:',
    '',
    ...tableOf(CPU_COLUMNS, cells),
    '',
    `An event takes ${whole(costs.bytesPerEvent)} bytes in its table with all indexes, and ${whole(costs.walBytesPerEvent)} bytes of write-ahead log. ` +
      `Reading events in order, folding them and saving the units, as the leader does, took ${micros(costs.foldingMicros)} µs an event ` +
      `in the process and ${micros(costs.foldingDatabaseMicros)} µs in the database, ${whole(costs.foldedPerSecond)} events a second.`,
    '',
    ...(retention === undefined ? [] : [retentionText(retention), '']),
  ].join('\n')
}

function tableOf(columns: typeof COLUMNS, cells: readonly MeasuredCell[]): readonly string[] {
  return [
    row(columns.map(([title]) => title)),
    row(columns.map(() => '--:')),
    ...cells.map((cell) => row(columns.map(([, show]) => show(cell)))),
  ]
}

function row(values: readonly string[]): string {
  return `| ${values.join(' | ')} |`
}

function retentionText(result: RetentionResult): string {
  return (
    `Retention deleted ${whole(result.pruned)} events at ${whole(result.prunedPerSecond)} a second beside a load that stored ` +
    `${whole(result.storedPerSecondMeanwhile)} a second meanwhile and ${whole(result.storedPerSecondBefore)} before. At its end ` +
    `${whole(result.deadRowsAtEnd)} dead rows waited for vacuum, after a vacuum ${whole(result.deadRowsAfterVacuum)}; the table went from ` +
    `${whole(result.eventsMbBefore)} to ${whole(result.eventsMbAtEnd)} MB with what was stored meanwhile. Of a pruned event ${whole(result.keptBytesPerEvent)} bytes stay (its key).`
  )
}
