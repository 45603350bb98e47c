import type { Cell } from './cells.ts'
import { measureOnce, type Timing } from './measure-once.ts'
import type { MeasuredLoad } from './run-load.ts'

/** The floor and ours in the same cell, one right after the other. */
export interface Pair {
  readonly cell: Cell
  readonly floor: MeasuredLoad
  readonly ours: MeasuredLoad
}

/**
 * Measures every cell in turn, as often as there are rounds. The two targets of a pair run back to back, in the other
 * order every other round, so that whatever else the machine does meets both.
 */
export async function measureThroughput(
  cells: readonly Cell[],
  rounds: number,
  timing: Timing,
  onPair: (pair: Pair) => void,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = []
  for (let round = 0; round < rounds; round++) {
    for (const cell of cells) {
      const pair = round % 2 === 0 ? await floorFirst(cell, timing) : await oursFirst(cell, timing)
      onPair(pair)
      pairs.push(pair)
    }
  }
  return pairs
}

async function floorFirst(cell: Cell, timing: Timing): Promise<Pair> {
  const floor = await measureOnce('floor', cell, timing)
  return { cell, floor, ours: await measureOnce('ours', cell, timing) }
}

async function oursFirst(cell: Cell, timing: Timing): Promise<Pair> {
  const ours = await measureOnce('ours', cell, timing)
  return { cell, ours, floor: await measureOnce('floor', cell, timing) }
}
