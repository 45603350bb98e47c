import { times } from '../format/numbers.ts'
import type { Draw } from './chart.tsx'
import { brief } from './ticks.ts'

/** How many tasks fell between each two bounds; the first and last class are open to the outside. */
export function histogram(bounds: readonly number[], counts: readonly number[]): Draw {
  const classes = counts.map((tasks, index) => ({ index: String(index), tasks }))
  const labels = new Map(
    [0.25, 1, 4].map((factor) => [String(classOf(bounds, factor)), brief(times)(factor)]),
  )
  return ({ axisX, axisY, barY, gridY, plot, ruleY }, width) =>
    plot({
      width,
      height: 220,
      marginLeft: 52,
      marginRight: 4,
      marginBottom: 26,
      marginTop: 10,
      className: 'plot',
      x: { type: 'band', domain: classes.map(({ index }) => index), padding: 0.08, label: null },
      y: { label: null, nice: true },
      marks: [
        gridY({ ticks: 4 }),
        axisY({
          ticks: 4,
          tickFormat: (tasks: number) => (Number.isInteger(tasks) ? String(tasks) : ''),
          tickSize: 0,
        }),
        axisX({
          ticks: [...labels.keys()],
          dx: -(width - 56) / counts.length / 2,
          tickFormat: (index: string) => labels.get(index) ?? '',
          tickSize: 3,
        }),
        barY(classes, { x: 'index', y: 'tasks', fill: 'var(--accent)' }),
        ruleY([0]),
      ],
    })
}

/** The class whose lower bound is nearest to a factor. */
function classOf(bounds: readonly number[], factor: number): number {
  let nearest = 0
  bounds.forEach((bound, index) => {
    const isNearer = Math.abs(Math.log(bound / factor)) < Math.abs(Math.log((bounds[nearest] ?? 1) / factor))
    if (isNearer) nearest = index
  })
  return nearest + 1
}
