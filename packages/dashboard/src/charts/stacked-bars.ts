import { shortDay } from '../format/times.ts'
import type { Draw } from './chart.tsx'
import { brief, labelled } from './ticks.ts'

export interface Stack {
  readonly colour: string
  /** One for each bucket. */
  readonly values: readonly number[]
}

/** Bars over time, each stacked from several series: the first at the bottom. */
export function stackedBars(
  buckets: readonly string[],
  stacks: readonly Stack[],
  format: (value: number) => string,
): Draw {
  const cells = stacks.flatMap(({ colour, values }) =>
    values.map((value, index) => ({ bucket: buckets[index] ?? '', value, colour })),
  )
  return ({ axisX, axisY, barY, gridY, plot, ruleY }, width) =>
    plot({
      width,
      height: 260,
      marginLeft: 52,
      marginRight: 4,
      marginBottom: 26,
      marginTop: 10,
      className: 'plot',
      x: { type: 'band', domain: [...buckets], padding: buckets.length > 60 ? 0.1 : 0.25, label: null },
      y: { label: null, nice: true },
      marks: [
        gridY({ ticks: 4 }),
        axisY({ ticks: 4, tickFormat: brief(format), tickSize: 0 }),
        axisX({ ticks: [...labelled(buckets, width - 56)], tickFormat: shortDay, tickSize: 0 }),
        barY(cells, { x: 'bucket', y: 'value', fill: 'colour', insetTop: 0.5 }),
        ruleY([0]),
      ],
    })
}
