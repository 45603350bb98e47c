import type { ForecastDistribution } from '@mosaicstack/telemetry-client/protocol'

import type { Draw } from './chart.tsx'
import { brief, logTicks } from './ticks.ts'

export interface BandOptions {
  readonly format: (value: number) => string
  readonly unit: 'time' | 'decimal'
  /** Where the reader's limit cuts the band, in the metric's own unit. */
  readonly budget: number | undefined
}

/**
 * What the next task will take, on a logarithmic scale: p5 to p95 as a line, p10 to p90 as a band, p25 to p75 darker, the
 * median as a tick, the budget as a line across.
 */
export function forecastBand(
  distribution: ForecastDistribution,
  { budget, format, unit }: BandOptions,
): Draw {
  const { p5, p10, p25, p50, p75, p90, p95 } = distribution
  const bands = [
    { low: at(p5), high: at(p95), width: 2, colour: 'var(--band)' },
    { low: at(p10), high: at(p90), width: 22, colour: 'var(--band)' },
    { low: at(p25), high: at(p75), width: 22, colour: 'var(--band-strong)' },
  ]
  const ends = [at(p5), at(p95), ...(budget === undefined || budget <= 0 ? [] : [budget])]
  const domain: [number, number] = [Math.min(...ends) * 0.8, Math.max(...ends) * 1.25]
  const marked = [
    { x: at(p10), label: format(p10), anchor: 'p10' },
    { x: at(p50), label: format(p50), anchor: 'median' },
    { x: at(p90), label: format(p90), anchor: 'p90' },
  ]
  return ({ axisX, link, plot, ruleX, text, tickX }, width) =>
    plot({
      width,
      height: 96,
      marginLeft: 14,
      marginRight: 14,
      marginTop: 30,
      marginBottom: 24,
      className: 'plot',
      x: { type: 'log', domain, label: null },
      y: { type: 'band', domain: ['band'], axis: null },
      marks: [
        axisX(logTicks(domain, width < 420 ? 4 : 8, unit), { text: brief(format), tickSize: 4 }),
        ...bands.map((band) =>
          link([band], {
            x1: 'low',
            x2: 'high',
            y1: () => 'band',
            y2: () => 'band',
            stroke: band.colour,
            strokeWidth: band.width,
          }),
        ),
        tickX([at(p50)], {
          x: (value: number) => value,
          y: () => 'band',
          stroke: 'var(--accent)',
          strokeWidth: 3,
        }),
        text(marked, { x: 'x', y: () => 'band', text: 'label', dy: -28, fill: 'var(--text)', fontSize: 12 }),
        ...(budget === undefined
          ? []
          : [ruleX([budget], { stroke: 'var(--bad)', strokeWidth: 2, strokeDasharray: '5 3' })]),
      ],
    })
}

/** A logarithm has no zero: below one token, millisecond or micro-dollar everything is the same. */
function at(value: number): number {
  return Math.max(value, 1)
}
