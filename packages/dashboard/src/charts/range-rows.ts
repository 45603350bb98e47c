import { shortName } from '../format/names.ts'
import type { Draw } from './chart.tsx'
import { brief, logTicks } from './ticks.ts'

/** A value with its interval. Undefined where there is too little to say. */
export interface RangeRow {
  readonly name: string
  readonly range: { readonly low: number; readonly value: number; readonly high: number } | undefined
}

export interface RangeRowsOptions {
  readonly format: (value: number) => string
  readonly scale: 'log' | 'share'
}

const ROW_PX = 28
const CHARACTER_PX = 7.2

/** A row for each name: a dot on a line from the low to the high end of its interval. */
export function rangeRows(rows: readonly RangeRow[], { format, scale }: RangeRowsOptions): Draw {
  const drawn = rows.flatMap(({ name, range }, row) =>
    range === undefined ? [] : [{ row: String(row), name, ...range }],
  )
  const domain = scale === 'log' ? logDomain(drawn) : shareDomain(drawn)
  return ({ axisX, axisY, dot, gridX, link, plot }, width) => {
    const longest = Math.max(...rows.map(({ name }) => [...name].length))
    const marginLeft = Math.ceil(Math.min(longest * CHARACTER_PX + 16, width * 0.42))
    const most = width - marginLeft < 340 ? 4 : 7
    const ticks = scale === 'log' ? logTicks(domain, most) : shareTicks(domain, most)
    return plot({
      width,
      height: rows.length * ROW_PX + 34,
      marginLeft,
      marginRight: 20,
      marginBottom: 26,
      marginTop: 8,
      className: 'plot',
      x: { type: scale === 'log' ? 'log' : 'linear', domain, label: null },
      y: { type: 'band', domain: rows.map((_, row) => String(row)), label: null },
      marks: [
        gridX(ticks),
        axisX(ticks, { text: brief(format), tickSize: 0 }),
        axisY({
          tickFormat: (row: string) =>
            shortName(rows[Number(row)]?.name ?? '', Math.floor((marginLeft - 14) / CHARACTER_PX)),
          tickSize: 0,
        }),
        link(drawn, {
          x1: 'low',
          x2: 'high',
          y1: 'row',
          y2: 'row',
          stroke: 'var(--band-strong)',
          strokeWidth: 5,
          strokeLinecap: 'round',
        }),
        dot(drawn, {
          x: 'value',
          y: 'row',
          r: 4.5,
          fill: 'var(--accent)',
          stroke: 'var(--surface)',
          strokeWidth: 1.5,
        }),
      ],
    })
  }
}

type Ends = readonly { readonly low: number; readonly high: number }[]

function logDomain(drawn: Ends): [number, number] {
  const low = Math.min(...drawn.map((row) => row.low))
  const high = Math.max(...drawn.map((row) => row.high))
  return [Math.max(low, 1) * 0.85, high * 1.15]
}

/** Dots need no zero: where all shares are high, the axis begins below the lowest. */
function shareDomain(drawn: Ends): [number, number] {
  const low = Math.min(1, ...drawn.map((row) => row.low))
  return [Math.max(0, Math.floor((low - 0.05) * 10) / 10), 1]
}

function shareTicks([low]: readonly [number, number], most: number): number[] {
  const step = [0.05, 0.1, 0.2, 0.25, 0.5].find((each) => (1 - low) / each < most) ?? 0.5
  return Array.from(
    { length: Math.floor((1 - low) / step + 1.001) },
    (_, index) => 1 - index * step,
  ).reverse()
}
