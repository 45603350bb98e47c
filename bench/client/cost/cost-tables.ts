import type { Table } from '../report/table.ts'
import type { CostSummary, Spread } from './cost-summary.ts'
import type { CostFigures } from './run-cost.ts'

interface Column {
  readonly title: string
  readonly key: keyof CostFigures
  readonly digits: number
}

const COLUMNS: readonly Column[] = [
  { title: 'call us', key: 'medianUs', digits: 2 },
  { title: 'p99.9 us', key: 'p999Us', digits: 0 },
  { title: 'B held', key: 'bytesPerEvent', digits: 0 },
  { title: 'events/s', key: 'eventsPerS', digits: 0 },
  { title: 'CPU s', key: 'cpuSPer100k', digits: 2 },
  { title: 'import ms', key: 'importMs', digits: 0 },
]

/** The medians with what is installed, and the reach of the rounds in a second table. */
export function costTables(sdks: readonly CostSummary[], events: number): readonly Table[] {
  return [
    {
      title: 'Cost, median of the rounds',
      columns: ['', ...COLUMNS.map(({ title }) => title), 'packages', 'MB'],
      rows: sdks.map((sdk) => [
        sdk.sdk,
        ...COLUMNS.map((column) => medianCell(sdk, column, events)),
        sdk.installed === undefined ? '-' : String(sdk.installed.packages),
        sdk.installed === undefined ? '-' : (sdk.installed.bytes / 1e6).toFixed(1),
      ]),
    },
    {
      title: 'Least to most',
      columns: ['', ...COLUMNS.map(({ title }) => title)],
      rows: sdks.map((sdk) => [
        sdk.sdk,
        ...COLUMNS.map(({ key, digits }) => reach(sdk.figures[key], digits)),
      ]),
    },
  ]
}

/** `~` marks a figure taken from fewer events than asked for: the SDK lost the rest or did not finish in time. */
function medianCell(sdk: CostSummary, { key, digits }: Column, events: number): string {
  const figure = sdk.figures[key]
  if (figure === undefined) return '-'

  const isOfDelivery = key === 'eventsPerS' || key === 'cpuSPer100k'
  const isPartial = isOfDelivery && (sdk.figures.delivered?.min ?? 0) < events
  return (isPartial ? '~' : '') + figure.median.toFixed(digits)
}

function reach(figure: Spread | undefined, digits: number): string {
  if (figure === undefined) return '-'
  return `${figure.min.toFixed(digits)}-${figure.max.toFixed(digits)}`
}
