/** Events of one instance at one level that add to its weight; more only sharpen what it says. */
const MAX_COUNTED_EVENTS = 10

/** What an instance may weigh at a level where its share would otherwise be larger: 5 %, or 1.5 equal shares. */
export function maxShare(instances: number): number {
  return Math.max(0.05, Math.min(1, 1.5 / instances))
}

export interface InstanceWeights {
  /** What each event of an instance weighs. Depends on nothing but the number of its events. */
  readonly eventWeights: ReadonlyMap<string, number>
  /** The largest part of all weight that one instance holds, 0 to 1. */
  readonly largestShare: number
}

/** Weighs the instances of one level so that none of them steers it. `counts` holds events, 1 or more, by instance. */
export function weighInstances(counts: ReadonlyMap<string, number>): InstanceWeights {
  // Sums run in descending order, so that the answer does not depend on who came first, down to the last bit.
  const claims = [...counts.values()].map(claim).sort((a, b) => b - a)
  const cap = weightCap(claims)
  const total = claims.reduce((sum, weight) => sum + Math.min(weight, cap), 0)

  return {
    eventWeights: new Map(
      [...counts].map(([instance, events]) => [instance, Math.min(claim(events), cap) / events]),
    ),
    largestShare: Math.min(claims[0] ?? 0, cap) / total,
  }
}

function claim(events: number): number {
  return Math.min(events, MAX_COUNTED_EVENTS)
}

/**
 * The largest weight c with c <= share * (sum of all weights cut to c), or Infinity where none exceeds its share.
 * With the k largest cut and the rest untouched, c = share * rest / (1 - share * k): the first k whose c is not below
 * the next claim is the one. `descending` is not changed.
 */
function weightCap(descending: readonly number[]): number {
  const share = maxShare(descending.length)
  let rest = descending.reduce((sum, weight) => sum + weight, 0)
  if ((descending[0] ?? 0) <= share * rest) return Infinity

  for (const [index, largest] of descending.entries()) {
    rest -= largest
    const cap = (share * rest) / (1 - share * (index + 1))
    if (cap >= (descending[index + 1] ?? 0)) return cap
  }
  return Infinity
}
