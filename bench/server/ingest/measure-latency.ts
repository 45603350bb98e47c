import { quantile } from '../harness/quantile.ts'
import type { Cell } from './cells.ts'
import { measureOnce, type Timing } from './measure-once.ts'

/** Answer times while requests come at half of what was the most. */
export interface HalfLoad {
  readonly cell: Cell
  readonly eventsPerSecond: number
  /** One value a round. */
  readonly p50Ms: readonly number[]
  readonly p99Ms: readonly number[]
}

/** @param most requests a second that the cell was measured to take. */
export async function measureHalfLoad(
  cell: Cell,
  most: number,
  rounds: number,
  timing: Timing,
): Promise<HalfLoad> {
  const results = []
  for (let round = 0; round < rounds; round++) {
    results.push(await measureOnce('ours', cell, { ...timing, requestsPerSecond: most / 2 }))
  }
  return {
    cell,
    eventsPerSecond: quantile(
      results.map((each) => each.eventsPerSecond),
      0.5,
    ),
    p50Ms: results.map((each) => each.p50Ms),
    p99Ms: results.map((each) => each.p99Ms),
  }
}
