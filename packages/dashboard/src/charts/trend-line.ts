import { shortDay } from '../format/times.ts'
import type { Draw } from './chart.tsx'
import { labelled } from './ticks.ts'

export interface TrendPoint {
  readonly bucket: string
  /** Undefined where there is nothing to say; the line has a gap there. */
  readonly value: number | undefined
  readonly low?: number | undefined
  readonly high?: number | undefined
}

export interface TrendOptions {
  readonly format: (value: number) => string
  /** `factor`: logarithmic around 1, which is drawn as a line. */
  readonly scale: 'share' | 'factor'
}

/** A value over time on the band of its interval. */
export function trendLine(points: readonly TrendPoint[], { format, scale }: TrendOptions): Draw {
  const buckets = points.map(({ bucket }) => bucket)
  const data = points.map(({ bucket, value, low, high }) => ({
    bucket,
    value: value ?? Number.NaN,
    low: low ?? value ?? Number.NaN,
    high: high ?? value ?? Number.NaN,
  }))
  const y = scale === 'share' ? { domain: [0, 1] } : { type: 'log' as const, domain: around1(data) }
  return ({ areaY, axisX, axisY, dot, gridY, lineY, plot, ruleY }, width) =>
    plot({
      width,
      height: 220,
      marginLeft: 52,
      marginRight: 10,
      marginBottom: 26,
      marginTop: 10,
      className: 'plot',
      x: { type: 'point', domain: buckets, label: null, padding: 0.2 },
      y: { ...y, label: null, clamp: true },
      marks: [
        gridY({ ticks: 5 }),
        axisY({ ticks: 5, tickFormat: format, tickSize: 0 }),
        axisX({ ticks: [...labelled(buckets, width - 62)], tickFormat: shortDay, tickSize: 0 }),
        ruleY([scale === 'share' ? 0 : 1], {
          stroke: 'var(--text-dim)',
          strokeDasharray: scale === 'share' ? '0' : '4 4',
        }),
        areaY(data, { x: 'bucket', y1: 'low', y2: 'high', fill: 'var(--band)' }),
        lineY(data, { x: 'bucket', y: 'value', stroke: 'var(--accent)', strokeWidth: 2 }),
        dot(
          data.filter(({ value }) => !Number.isNaN(value)),
          { x: 'bucket', y: 'value', r: 3, fill: 'var(--accent)' },
        ),
      ],
    })
}

/** At least from a quarter to four times, so that small differences look small. */
function around1(data: readonly { readonly low: number; readonly high: number }[]): [number, number] {
  const known = data.filter(({ low, high }) => low > 0 && Number.isFinite(high))
  return [Math.min(0.25, ...known.map(({ low }) => low)), Math.max(4, ...known.map(({ high }) => high))]
}
