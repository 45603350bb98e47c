import { micros, whole } from './numbers.ts'
import type { Results } from './results.ts'

/** Events a second that the page speaks of. */
const RATES = [10, 100, 1_000, 10_000, 100_000, 1_000_000]
const SECONDS_A_DAY = 86_400
/** Of an event as our clients send it, in a batch. */
const SENT_BYTES = 860
const SENT_GZIP_BYTES = 100

/** What the measured costs of one event come to at growing rates, as Markdown. */
export function renderRates(results: Results): string {
  const unit = unitCosts(results)
  const rows = RATES.map((rate) =>
    [
      whole(rate),
      cores(rate * unit.serverMicros),
      cores(rate * unit.databaseMicros),
      cores(rate * unit.leaderMicros),
      size(rate * SECONDS_A_DAY * unit.bytes),
      size(rate * SECONDS_A_DAY * unit.walBytes),
      `${size(rate * SENT_BYTES)}/s`,
      `${size(rate * SENT_GZIP_BYTES)}/s`,
    ].join(' | '),
  )
  return [
    `Reckoned from batches of 100 at one server: ${micros(unit.serverMicros)} µs of server and ${micros(unit.databaseMicros)} µs of PostgreSQL an event,`,
    `${micros(unit.leaderMicros)} µs of them on the leader's one main thread for folding; ${whole(unit.bytes)} bytes in the table and ${whole(unit.walBytes)} of log.`,
    'What the leader had not folded yet when the load ended is not in these times (the table below says how much that was);',
    `folding takes ${micros(results.costs.foldingMicros)} µs of server and ${micros(results.costs.foldingDatabaseMicros)} µs of PostgreSQL an event.`,
    '',
    '| events/s | cores of servers | cores of PostgreSQL | of the leader alone | stored a day | log a day | sent, plain | sent, gzip |',
    '| --: | --: | --: | --: | --: | --: | --: | --: |',
    ...rows.map((row) => `| ${row} |`),
    '',
  ].join('\n')
}

function unitCosts({ cells, costs }: Results) {
  const measured = cells.find(
    ({ cell }) => cell.perBatch === 100 && cell.servers === 1 && cell.storedEvents === 0,
  )
  if (measured === undefined) throw new Error('without batches of 100 at one server nothing can be reckoned')
  const { mainMicros, forecastMicros, otherMicros, databaseMicros } = measured.ours
  return {
    serverMicros: mainMicros + forecastMicros + otherMicros,
    databaseMicros,
    leaderMicros: costs.foldingMicros,
    bytes: costs.bytesPerEvent,
    walBytes: costs.walBytesPerEvent,
  }
}

function cores(microsPerSecond: number): string {
  const count = microsPerSecond / 1e6
  return count < 0.01 ? '< 0.01' : count < 10 ? count.toFixed(2) : count.toFixed(0)
}

function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${Number((bytes / 1000 ** power).toPrecision(2))} ${units[power]}`
}
