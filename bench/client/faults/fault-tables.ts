import type { Table } from '../report/table.ts'
import type { FaultRow } from './fault-row.ts'
import type { FaultOutcome } from './run-row.ts'

/** Short enough that ten SDKs stand side by side in a hundred columns. */
const SHORT: Readonly<Record<string, string>> = {
  posthog: 'posthg',
  segment: 'segmnt',
  'otel-logs': 'ot-log',
  'otel-traces': 'ot-trc',
  sentry: 'sentry',
  langfuse: 'langfs',
  rudderstack: 'rudder',
  amplitude: 'amplit',
  mosaic: 'mosaic',
  'mosaic-spool': 'spool',
}

/** The outcomes as tables: lost, duplicated, and what `stop()` took. */
export function faultTables(rows: readonly FaultRow[], outcomes: readonly FaultOutcome[]): readonly Table[] {
  const sdks = [...new Set(outcomes.map((outcome) => outcome.sdk))]
  const columns = ['', ...sdks.map((sdk) => SHORT[sdk] ?? sdk)]
  const table = (title: string, lines: readonly TableLine[]): Table => ({
    title,
    columns,
    rows: lines.map(({ name, cell }) => [name, ...sdks.map(cell)]),
  })
  const find = (row: FaultRow, sdk: string): FaultOutcome | undefined =>
    outcomes.find((outcome) => outcome.row === row.name && outcome.sdk === sdk)
  const present = rows.filter((row) => outcomes.some((outcome) => outcome.row === row.name))

  const duplicating = present.filter((row) => sdks.some((sdk) => (find(row, sdk)?.duplicated ?? 0) > 0))
  const stopping = present.filter((row) => row.ending === 'stop')
  return [
    table(
      'Lost, of 1 000 events',
      present.flatMap((row) => lostLines(row, (sdk) => find(row, sdk))),
    ),
    table(
      'Duplicated: taken by the server more than once, before any deduplication of its own',
      duplicating.map((row) => ({ name: row.title, cell: (sdk) => count(find(row, sdk)?.duplicated) })),
    ),
    table(
      'Stored twice by the real server',
      present
        .filter((row) => sdks.some((sdk) => find(row, sdk)?.stored !== undefined))
        .map((row) => ({ name: row.title, cell: (sdk) => storedTwiceCell(find(row, sdk)) })),
    ),
    table(
      'Seconds that stop() took',
      stopping.map((row) => ({ name: row.title, cell: (sdk) => stopCell(find(row, sdk)) })),
    ),
  ].filter(({ rows: lines }) => lines.length > 0)
}

interface TableLine {
  readonly name: string
  readonly cell: (sdk: string) => string
}

function lostLines(row: FaultRow, of: (sdk: string) => FaultOutcome | undefined): TableLine[] {
  const final: TableLine = { name: row.title, cell: (sdk) => lostCell(row, of(sdk), 'lost') }
  if (!row.restarts) return [final]
  if (row.downMs > 0) return [{ ...final, name: `${row.title}; up, new` }]

  return [
    { name: row.title, cell: (sdk) => lostCell(row, of(sdk), 'lostAtDeath') },
    { ...final, name: '  then a new process' },
  ]
}

/** `!` marks a loss that the living host was never told of; `>` a process that had to be killed at the row's limit. */
function lostCell(row: FaultRow, outcome: FaultOutcome | undefined, key: 'lost' | 'lostAtDeath'): string {
  if (outcome === undefined) return '-'
  if (outcome.failure !== undefined) return 'failed'

  const lost = outcome[key]
  const all = outcome.tracked - row.poison.size
  const isSilent = lost > 0 && row.ending === 'stop' && outcome.told === 0
  return (outcome.overran ? '>' : '') + (lost === all ? 'all' : String(lost)) + (isSilent ? '!' : '')
}

/** Negative would mean that the server said 202 for an event it does not have. */
function storedTwiceCell(outcome: FaultOutcome | undefined): string {
  return outcome?.stored === undefined ? '-' : String(outcome.stored - outcome.delivered)
}

function stopCell(outcome: FaultOutcome | undefined): string {
  if (outcome === undefined) return '-'
  return outcome.stopMs === undefined ? 'never' : (outcome.stopMs / 1000).toFixed(1)
}

function count(value: number | undefined): string {
  return value === undefined ? '-' : String(value)
}
