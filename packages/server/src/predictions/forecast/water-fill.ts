import { MIN_CROWD } from './crowd.ts'

/** In the fit an instance may always hold a tenth of all weight. */
const MIN_CAP_SHARE = 0.1

/** Events whose weight one of very few instances keeps, whatever its share. */
const TEAM_EVENTS = 200

/** What part of all weight one of `instances` instances may hold: `minShare`, or 1.5 equal shares where that is more. */
export function capShare(instances: number, minShare = MIN_CAP_SHARE): number {
  return Math.max(minShare, Math.min(1, 1.5 / instances))
}

/**
 * By what factor to shrink the total of each instance so that none holds more than its share of what is left. Totals of
 * 0 do not count as instances.
 */
export function waterFill(totals: Float64Array, minShare = MIN_CAP_SHARE): Float64Array {
  const descending = totals
    .filter((total) => total > 0)
    .sort()
    .reverse()
  const cap = weightCap(descending, capShare(descending.length, minShare))
  return totals.map((total) => (total > cap ? cap / total : 1))
}

/**
 * The same for the fit, where `eventWeight` is what one event weighs. A few instances are a team rather than a crowd: there
 * one that reports almost everything still knows most, and were it held to its share of what the others hardly know,
 * nothing would be left. So it keeps the weight of some events, fewer the more instances there are, in a crowd none.
 */
export function sharesOfCrowd(totals: Float64Array, eventWeight: number): Float64Array {
  const factors = waterFill(totals)
  const instances = totals.reduce((count, total) => count + (total > 0 ? 1 : 0), 0)
  const kept = TEAM_EVENTS * Math.max(0, 1 - instances / MIN_CROWD) * eventWeight
  return factors.map((factor, who) => {
    const total = totals[who] as number
    return total * factor < kept ? Math.min(1, kept / total) : factor
  })
}

/** The largest c with c <= share * (sum of all totals cut to c); Infinity where nothing exceeds its share. */
function weightCap(descending: Float64Array, share: number): number {
  // Summed from the small end: what is left beside a giant is not what a giant's rounding leaves.
  const rests = new Float64Array(descending.length + 1)
  for (let index = descending.length - 1; index >= 0; index--) {
    rests[index] = (rests[index + 1] as number) + (descending[index] as number)
  }
  if ((descending[0] ?? 0) <= share * (rests[0] as number)) return Infinity

  for (let cut = 1; cut <= descending.length && share * cut < 1; cut++) {
    const cap = (share * (rests[cut] as number)) / (1 - share * cut)
    if (cap >= (descending[cut] ?? 0)) return cap
  }
  return Infinity
}
