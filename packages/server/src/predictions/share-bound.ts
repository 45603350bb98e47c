import { countByStanding, type InstanceWeights, maxShare, type StandingOf } from './instance-weights.ts'

/** What sums of fractions may be off by. */
const ROUNDING = 1e-9

/**
 * Whether no instance holds more than max(5 %, 1.5 / instances) of a level's weight. Looked up in the weights that are
 * about to be used, not in what their maker says of them: what is published was checked, whatever went wrong before.
 */
export function keepsShareBound(
  counts: ReadonlyMap<string, number>,
  { eventWeights }: Pick<InstanceWeights, 'eventWeights'>,
  standingOf: StandingOf,
): boolean {
  let total = 0
  let largest = 0
  for (const [instanceId, events] of counts) {
    const weight = (eventWeights.get(instanceId) ?? 0) * events
    if (!(weight >= 0)) return false
    total += weight
    largest = Math.max(largest, weight)
  }
  return total > 0 && largest <= total * (maxShare(countByStanding(counts.keys(), standingOf)) + ROUNDING)
}
