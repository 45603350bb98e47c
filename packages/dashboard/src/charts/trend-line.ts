import { shortDay } from '../format/times.ts'
import type { Draw } from './chart.tsx'
import { brief, labelled } from './ticks.ts'

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
  const ticks = scale === 'share' ? [0, 0.25, 0.5, 0.75, 1] : doublings(y.domain)
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
        gridY(ticks),
        axisY(ticks, { text: brief(format), tickSize: 0 }),
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

/** 1×, 2×, 4×, … and their inverses within a domain; every other one where they are many. */
function doublings([low = 1, high = 1]: readonly number[]): number[] {
  const step = high / low > 2 ** 8 ? 2 : 1
  const [from, to] = [Math.ceil(Math.log2(low) / step), Math.floor(Math.log2(high) / step)]
  return Array.from({ length: to - from + 1 }, (_, index) => 2 ** ((from + index) * step))
}
