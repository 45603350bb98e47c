import { EFFECT_COUNT } from './effect-layout.ts'
import type { EffectLayout } from './effect-layout.ts'
import { reorder, sortedRows } from './row-order.ts'
import type { UnitColumns } from './unit-columns.ts'
import type { UnitPairs } from './unit-pairs.ts'

/** Distinct contributing instances of every group, effect by effect. */
export type GroupCounts = readonly Uint32Array[]

/** Who contributed: to anything at all, and metric by metric. */
export interface Contributors {
  readonly all: GroupCounts
  readonly metrics: readonly GroupCounts[]
}

/** Counts instances group by group. Holds what stays the same whomever one trusts. */
export class ContributorCounter {
  readonly #layout: EffectLayout
  readonly #metricCount: number
  /** Instance and cell of every pair, ascending by instance. */
  readonly #instance: Int32Array
  readonly #cell: Int32Array
  /** A bit for each metric that the pair reported, and one more for all. */
  readonly #reported: Uint8Array

  constructor(units: UnitColumns, layout: EffectLayout, pairs: UnitPairs) {
    this.#layout = layout
    this.#metricCount = units.metrics.length
    const order = sortedRows(pairs.size, [pairs.instance])
    this.#instance = reorder(pairs.instance, order)
    this.#cell = reorder(pairs.cell, order)
    const reported = reportedMetrics(units, pairs)
    this.#reported = Uint8Array.from(order, (pair) => reported[pair] as number)
  }

  /** Those of weight 0 contribute nothing. `trust` is by instance. */
  count(trust: Float64Array): Contributors {
    const [all = [], ...metrics] = Array.from({ length: this.#metricCount + 1 }, () =>
      this.#layout.groups.map((groups) => new Uint32Array(groups.size)),
    )
    // One effect at a time, so that what it looks up stays close together.
    for (let effect = 0; effect < EFFECT_COUNT; effect++) {
      this.#countEffect(
        this.#layout.groupOf[effect] as Int32Array,
        trust,
        [...metrics, all].map((counts) => counts[effect] as Uint32Array),
      )
    }
    return { all, metrics }
  }

  #countEffect(groupOf: Int32Array, trust: Float64Array, counts: readonly Uint32Array[]): void {
    const cell = this.#cell
    const instance = this.#instance
    const reported = this.#reported
    const groupCount = (counts[0] as Uint32Array).length
    const lastSeen = new Int32Array(groupCount).fill(-1)
    const counted = new Uint8Array(groupCount)
    for (let pair = 0; pair < instance.length; pair++) {
      const who = instance[pair] as number
      if (trust[who] === 0) continue
      const group = groupOf[cell[pair] as number] as number
      if (lastSeen[group] !== who) {
        lastSeen[group] = who
        counted[group] = 0
      }
      const fresh = (reported[pair] as number) & ~(counted[group] as number)
      if (fresh === 0) continue
      counted[group] = (counted[group] as number) | fresh
      for (let bit = 0; bit < counts.length; bit++) {
        const own = counts[bit] as Uint32Array
        if ((fresh & (1 << bit)) !== 0) own[group] = (own[group] as number) + 1
      }
    }
  }
}

/** 1 for every group to which at least `minInstances` instances contributed. */
export function usedGroups(counts: GroupCounts, minInstances: number): readonly Uint8Array[] {
  return counts.map((groups) => Uint8Array.from(groups, (count) => (count >= minInstances ? 1 : 0)))
}

function reportedMetrics({ metrics }: UnitColumns, { size, rowsFrom }: UnitPairs): Uint8Array {
  const reported = new Uint8Array(size).fill(1 << metrics.length)
  for (const [metric, { count }] of metrics.entries()) {
    for (let pair = 0; pair < size; pair++) {
      const end = rowsFrom[pair + 1] as number
      let events = 0
      for (let row = rowsFrom[pair] as number; row < end; row++) events += count[row] as number
      if (events > 0) reported[pair] = (reported[pair] as number) | (1 << metric)
    }
  }
  return reported
}
