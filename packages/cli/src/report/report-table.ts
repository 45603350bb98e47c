import { percent, tokens, usd } from '../output/format.ts'
import { type Column, table } from '../output/table.ts'
import type { ReportRow } from './report-row.ts'

/** A column, and how early it goes where the terminal is narrow: the highest number first, 0 never. */
interface ReportColumn extends Column<ReportRow> {
  readonly expendable: number
}

const MIN_NAME_WIDTH = 10
const GAP_WIDTH = 2

/** A report as a table that fits `width`: columns that matter less are left out before names are shortened. */
export function reportTable(
  title: string,
  rows: readonly ReportRow[],
  total: ReportRow,
  width: number,
): string {
  const lines = [...rows, total]
  const letters = missingLetters(lines)
  const hasEstimates = total.estimated !== null
  let columns = allColumns(letters).filter(
    ({ title: name }) => (name !== 'ACTUAL' || hasEstimates) && (name !== 'LACKS' || letters.size > 0),
  )
  for (;;) {
    const others = columns.reduce((sum, column) => sum + GAP_WIDTH + widthOf(column, lines), 0)
    const nameWidth = Math.max(MIN_NAME_WIDTH, width - others)
    const longest = Math.max(...lines.map((row) => displayName(row).length))
    const dearest = Math.max(...columns.map(({ expendable }) => expendable))
    if (longest <= nameWidth || dearest === 0 || (nameWidth >= MAX_SHORTENED && others < width)) {
      const name = { title, value: (row: ReportRow) => shorten(displayName(row), nameWidth) }
      return table<ReportRow>([name, ...columns], lines)
    }
    columns = columns.filter(({ expendable }) => expendable < dearest)
  }
}

/** A name cut to this much is still told from others; then no further column goes. */
const MAX_SHORTENED = 24

function count(title: string, expendable: number, value: (row: ReportRow) => string): ReportColumn {
  return { title, align: 'right', expendable, value }
}

function allColumns(letters: ReadonlyMap<string, string>): readonly ReportColumn[] {
  return [
    count('TASKS', 0, (row) => String(row.tasks)),
    count('INPUT', 0, (row) => tokens(row.tokens.input)),
    count('WRITTEN', 6, (row) => tokens(row.tokens.cache_write_5m + row.tokens.cache_write_1h)),
    count('CACHED', 3, (row) => tokens(row.tokens.cache_read)),
    count('OUTPUT', 0, (row) => tokens(row.tokens.output)),
    count('COST', 0, costText),
    count('DONE', 5, doneText),
    count('ACTUAL', 2, actualText),
    { title: 'FROM', expendable: 4, value: ({ sources }) => sources.map(sourceLetter).join('') },
    {
      title: 'LACKS',
      expendable: 1,
      value: ({ missing }) => missing.map((part) => letters.get(part) ?? '').join(''),
    },
  ]
}

/** Cost as it is known: `≥` where a part has no price, `unknown` where nothing has. */
export function costText({ cost_usd: cost, known_cost_usd: known }: ReportRow): string {
  if (cost !== null) return usd(cost * 1e6)
  return known > 0 ? `≥ ${usd(known * 1e6)}` : 'unknown'
}

/** The share of tasks that ended with the agent's word and no check left failing. */
function doneText({ outcomes }: ReportRow): string {
  const all = Object.values(outcomes).reduce((sum, tasks) => sum + tasks, 0)
  return all === 0 ? '' : percent((outcomes['success'] ?? 0) / all)
}

/** What predicted tasks cost, as a multiple of what was expected. */
function actualText({ estimated }: ReportRow): string {
  if (estimated === null) return ''
  return `${(estimated.actual_cost_usd / estimated.estimated_cost_usd).toFixed(1)}×`
}

const SOURCES: Readonly<Record<string, readonly [letter: string, name: string]>> = {
  transcript: ['T', 'transcript'],
  otlp: ['O', 'OpenTelemetry'],
  cost_state: ['C', "the agent's own totals"],
  sdk: ['S', 'SDK'],
}

function sourceLetter(source: string): string {
  return SOURCES[source]?.[0] ?? '?'
}

function missingLetters(rows: readonly ReportRow[]): ReadonlyMap<string, string> {
  const parts = [...new Set(rows.flatMap(({ missing }) => missing))].sort()
  return new Map(parts.map((part, index) => [part, String.fromCharCode(97 + index)]))
}

/** What the letters and signs of a table mean, as far as they are in it. */
export function legend(rows: readonly ReportRow[]): readonly string[] {
  const sources = [...new Set(rows.flatMap((row) => row.sources))].map((source) => SOURCES[source])
  const from = sources.flatMap((known) => (known === undefined ? [] : [`${known[0]} ${known[1]}`]))
  const lacks = [...missingLetters(rows)].map(([part, letter]) => `${letter} ${part}`)
  return [
    ...(from.length > 0 ? [`From: ${from.join(', ')}.`] : []),
    ...(lacks.length > 0 ? [`Lacks: ${lacks.join(', ')}.`] : []),
    ...(rows.some(({ cost_usd: cost }) => cost === null)
      ? ['Cost: ≥ where some requests have no known price.']
      : []),
  ]
}

function displayName({ name, tasks }: ReportRow): string {
  return name ?? (tasks > 0 ? '(none)' : '(no task)')
}

function widthOf(column: ReportColumn, rows: readonly ReportRow[]): number {
  return Math.max(column.title.length, ...rows.map((row) => column.value(row).length))
}

/** Cuts the middle: both ends tell names apart. */
function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const tail = Math.ceil((maxLength - 1) / 2)
  return `${text.slice(0, maxLength - 1 - tail)}…${text.slice(-tail)}`
}
