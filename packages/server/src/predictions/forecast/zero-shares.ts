import { effectNames } from './effect-layout.ts'
import type { EffectLayout } from './effect-layout.ts'
import type { MetricColumns, UnitColumns } from './unit-columns.ts'
import { waterFill } from './water-fill.ts'

const MODEL = effectNames.indexOf('model')

/**
 * By model, the share of tasks that reported no value of a metric: a model that runs at home costs nothing, and what
 * others pay for theirs says nothing about it. Only models that at least `minInstances` instances reported;
 * `instances` has their number by model.
 */
export function fitZeroShares(
  units: UnitColumns,
  layout: EffectLayout,
  metric: MetricColumns,
  trust: Float64Array,
  instances: Uint32Array,
  minInstances: number,
): ReadonlyMap<string, number> {
  const modelOf = layout.groupOf[MODEL] as Int32Array
  const hasZeros = modelsWithZeros(units, metric, modelOf, instances.length)
  const shares = new Map<string, number>()
  for (const [model, group] of layout.groups[MODEL] as ReadonlyMap<string, number>) {
    if ((instances[group] as number) < minInstances) continue
    const share =
      hasZeros[group] === 1 ? zeroShare(units, metric, trust, (cell) => modelOf[cell] === group) : 0
    shares.set(model, share)
  }
  return shares
}

function modelsWithZeros(
  units: UnitColumns,
  metric: MetricColumns,
  modelOf: Int32Array,
  models: number,
): Uint8Array {
  const hasZeros = new Uint8Array(models)
  for (let row = 0; row < units.size; row++) {
    if (units.events[row] !== metric.count[row]) hasZeros[modelOf[units.cell[row] as number] as number] = 1
  }
  return hasZeros
}

function zeroShare(
  units: UnitColumns,
  metric: MetricColumns,
  trust: Float64Array,
  isOfModel: (cell: number) => boolean,
): number {
  const events = new Float64Array(trust.length)
  const zeros = new Float64Array(trust.length)
  for (let row = 0; row < units.size; row++) {
    if (!isOfModel(units.cell[row] as number)) continue
    const who = units.instance[row] as number
    const trusted = trust[who] as number
    const own = units.events[row] as number
    events[who] = (events[who] as number) + trusted * own
    zeros[who] = (zeros[who] as number) + trusted * (own - (metric.count[row] as number))
  }
  const factors = waterFill(events)
  const weighted = (sums: Float64Array) =>
    sums.reduce((total, own, who) => total + own * (factors[who] as number), 0)
  return weighted(zeros) / weighted(events)
}
