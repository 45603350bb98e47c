import type { UnitColumns } from './unit-columns.ts'

/**
 * Which rows belong to one instance in one cell, whatever the day: they are neighbours. Worked out once for a fit and
 * shared by all metrics and memories.
 */
export interface UnitPairs {
  readonly size: number
  /** First row of every pair, then the number of rows. */
  readonly rowsFrom: Uint32Array
  /** First pair of every cell, then the number of pairs. */
  readonly pairsFrom: Uint32Array
  /** By pair. */
  readonly cell: Int32Array
  readonly instance: Int32Array
}

export function pairUnits(units: UnitColumns): UnitPairs {
  const rowsFrom = new Uint32Array(units.size + 1)
  const cell = new Int32Array(units.size)
  const instance = new Int32Array(units.size)
  let size = 0
  for (let row = 0; row < units.size; row++) {
    const isNext = units.cell[row] !== units.cell[row - 1] || units.instance[row] !== units.instance[row - 1]
    if (!isNext) continue
    rowsFrom[size] = row
    cell[size] = units.cell[row] as number
    instance[size] = units.instance[row] as number
    size++
  }
  rowsFrom[size] = units.size
  return {
    size,
    rowsFrom: rowsFrom.subarray(0, size + 1),
    pairsFrom: firstOfEach(cell, size, units.cells.length),
    cell: cell.subarray(0, size),
    instance: instance.subarray(0, size),
  }
}

/** Where each of `count` ascending numbers begins, then the end. */
function firstOfEach(numbers: Int32Array, size: number, count: number): Uint32Array {
  const from = new Uint32Array(count + 1)
  for (let index = 0; index < size; index++) {
    const after = (numbers[index] as number) + 1
    from[after] = (from[after] as number) + 1
  }
  for (let number = 1; number <= count; number++) {
    from[number] = (from[number] as number) + (from[number - 1] as number)
  }
  return from
}
