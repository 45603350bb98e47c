import { EFFECT_COUNT } from './effect-layout.ts'
import type { EffectLayout } from './effect-layout.ts'
import { sortedRows } from './row-order.ts'

/** Which cells each instance reported, and whose reports count. */
export interface Contributions {
  readonly size: number
  readonly cell: Int32Array
  readonly instance: Int32Array
  /** Weight by instance; one of weight 0 contributes nothing. */
  readonly trust: Float64Array
}

/** Distinct contributing instances of every group, effect by effect. */
export function countContributors(
  layout: EffectLayout,
  { size, cell, instance, trust }: Contributions,
): readonly Uint32Array[] {
  const byInstance = sortedRows(size, [instance])
  const counts = layout.groups.map((groups) => new Uint32Array(groups.size))
  const lastSeen = layout.groups.map((groups) => new Int32Array(groups.size).fill(-1))
  for (const row of byInstance) {
    const contributor = instance[row] as number
    if (trust[contributor] === 0) continue
    for (let effect = 0; effect < EFFECT_COUNT; effect++) {
      const group = (layout.groupOf[effect] as Int32Array)[cell[row] as number] as number
      const seen = lastSeen[effect] as Int32Array
      if (seen[group] === contributor) continue
      seen[group] = contributor
      const count = counts[effect] as Uint32Array
      count[group] = (count[group] as number) + 1
    }
  }
  return counts
}

/** 1 for every group to which at least `minInstances` instances contributed. */
export function usedGroups(counts: readonly Uint32Array[], minInstances: number): readonly Uint8Array[] {
  return counts.map((groups) => Uint8Array.from(groups, (count) => (count >= minInstances ? 1 : 0)))
}
