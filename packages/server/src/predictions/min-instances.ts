/** Distinct instances below which nothing is said. `auto`: a quarter of all, 1 to 5; `auto_from_2`: the same, but 2 to 5. */
export type MinInstances = 'auto' | 'auto_from_2' | number

/** k of the privacy rule, where there are `instances` in all. */
export function leastInstances(setting: MinInstances, instances: number): number {
  if (typeof setting === 'number') return setting
  return Math.max(setting === 'auto' ? 1 : 2, Math.min(5, Math.floor(instances / 4)))
}
