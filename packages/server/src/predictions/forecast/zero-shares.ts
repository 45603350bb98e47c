import type { MetricColumns, UnitColumns } from './unit-columns.ts'
import { waterFill } from './water-fill.ts'

/**
 * By model, the share of tasks that reported no value of a metric: a model that runs at home costs nothing, and what
 * others pay for theirs says nothing about it. Only models that at least `minInstances` instances reported.
 */
export function fitZeroShares(
  units: UnitColumns,
  metric: MetricColumns,
  trust: Float64Array,
  minInstances: number,
): ReadonlyMap<string, number> {
  const byModel = new Map<string, { events: Float64Array; zeros: Float64Array }>()
  for (let row = 0; row < units.size; row++) {
    const zeros = (units.events[row] as number) - (metric.count[row] as number)
    const who = units.instance[row] as number
    const trusted = trust[who] as number
    if (trusted === 0) continue
    const model = units.cells[units.cell[row] as number]?.model ?? ''
    const sums = byModel.get(model) ?? {
      events: new Float64Array(trust.length),
      zeros: new Float64Array(trust.length),
    }
    byModel.set(model, sums)
    sums.events[who] = (sums.events[who] as number) + trusted * (units.events[row] as number)
    sums.zeros[who] = (sums.zeros[who] as number) + trusted * zeros
  }

  const shares = new Map<string, number>()
  for (const [model, { events, zeros }] of byModel) {
    if (events.filter((count) => count > 0).length < minInstances) continue
    const factors = waterFill(events)
    const weighted = (sums: Float64Array) =>
      sums.reduce((total, own, who) => total + own * (factors[who] as number), 0)
    shares.set(model, weighted(zeros) / weighted(events))
  }
  return shares
}
