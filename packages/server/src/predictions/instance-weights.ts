/** Events of one instance at one level that add to its weight; more only sharpen what it says. */
const MAX_COUNTED_EVENTS = 10

/** What an instance may weigh at a level where its share would otherwise be larger: 5 %, or 1.5 equal shares. */
export function maxShare(instances: number): number {
  return Math.max(0.05, Math.min(1, 1.5 / instances))
}

/** How much an instance counts, from 0 (not at all) to 1 (fully). */
export type StandingOf = (instanceId: string) => number

/** The standing of everybody where nobody is doubted and nobody is new. */
export const inFullStanding: StandingOf = () => 1

/**
 * The instances of a level, each counted by its standing: ten that count half are five. The bound on shares goes by
 * it, or whoever makes up instances could lower what the real ones may hold.
 */
export function countByStanding(instanceIds: Iterable<string>, standingOf: StandingOf): number {
  // Summed in order of size, so that the answer does not depend on who came first, down to the last bit.
  const standings = Array.from(instanceIds, standingOf).sort((a, b) => a - b)
  return standings.reduce((sum, standing) => sum + standing, 0)
}

export interface InstanceWeights {
  /** Instances, by standing. */
  readonly instances: number
  /** What each event of an instance weighs. Depends on nothing but the number of its events and its standing. */
  readonly eventWeights: ReadonlyMap<string, number>
  /** The largest part of all weight that one instance holds, 0 to 1. */
  readonly largestShare: number
}

/** Weighs the instances of one level so that none of them steers it. `counts` holds events, 1 or more, by instance. */
export type WeighInstances = (counts: ReadonlyMap<string, number>, standingOf?: StandingOf) => InstanceWeights

export const weighInstances: WeighInstances = (counts, standingOf = inFullStanding) => {
  const claims = new Map([...counts].map(([id, events]) => [id, claim(events) * standingOf(id)]))
  // Sums run in descending order, so that the answer does not depend on who came first, down to the last bit.
  const descending = [...claims.values()].sort((a, b) => b - a)
  const instances = countByStanding(counts.keys(), standingOf)
  const cap = weightCap(descending, maxShare(instances))
  const total = descending.reduce((sum, weight) => sum + Math.min(weight, cap), 0)

  return {
    instances,
    eventWeights: new Map(
      [...counts].map(([id, events]) => [id, Math.min(claims.get(id) ?? 0, cap) / events]),
    ),
    largestShare: total === 0 ? 0 : Math.min(descending[0] ?? 0, cap) / total,
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
function weightCap(descending: readonly number[], share: number): number {
  let rest = descending.reduce((sum, weight) => sum + weight, 0)
  if ((descending[0] ?? 0) <= share * rest) return Infinity

  for (const [index, largest] of descending.entries()) {
    rest -= largest
    const cap = (share * rest) / (1 - share * (index + 1))
    if (cap >= (descending[index + 1] ?? 0)) return cap
  }
  return Infinity
}
