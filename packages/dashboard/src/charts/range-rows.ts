import { shortName } from '../format/names.ts'
import type { Draw } from './chart.tsx'

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

/** A row for each name: a dot on a line from the low to the high end of its interval. */
export function rangeRows(rows: readonly RangeRow[], { format, scale }: RangeRowsOptions): Draw {
  const drawn = rows.flatMap(({ name, range }, row) =>
    range === undefined ? [] : [{ row: String(row), name, ...range }],
  )
  return ({ axisX, axisY, dot, gridX, link, plot }, width) => {
    const marginLeft = Math.min(210, Math.round(width * 0.36))
    return plot({
      width,
      height: rows.length * ROW_PX + 34,
      marginLeft,
      marginRight: 16,
      marginBottom: 26,
      marginTop: 8,
      className: 'plot',
      x: scale === 'log' ? { type: 'log', label: null, nice: false } : { domain: [0, 1], label: null },
      y: { type: 'band', domain: rows.map((_, row) => String(row)), label: null },
      marks: [
        gridX({ ticks: width < 500 ? 3 : 5 }),
        axisX({ ticks: width < 500 ? 3 : 5, tickFormat: format, tickSize: 0 }),
        axisY({
          tickFormat: (row: string) => shortName(rows[Number(row)]?.name ?? '', Math.floor(marginLeft / 6.6)),
          tickSize: 0,
        }),
        link(drawn, {
          x1: 'low',
          x2: 'high',
          y1: 'row',
          y2: 'row',
          stroke: 'var(--band)',
          strokeWidth: 8,
          strokeLinecap: 'round',
        }),
        dot(drawn, {
          x: 'value',
          y: 'row',
          r: 5,
          fill: 'var(--accent)',
          stroke: 'var(--surface)',
          strokeWidth: 1.5,
        }),
      ],
    })
  }
}
