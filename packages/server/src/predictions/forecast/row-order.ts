/** Rows in ascending order of several keys, the least significant first, each a rank from 0 on: one counting pass a key. */
export function sortedRows(size: number, keys: readonly Int32Array[]): Uint32Array {
  let order = new Uint32Array(size)
  for (let row = 0; row < size; row++) order[row] = row
  for (const ranks of keys) order = sortByRank(order, ranks)
  return order
}

/** The values in the order of the rows. */
export function reorder(values: Int32Array, order: Uint32Array): Int32Array {
  const ordered = new Int32Array(order.length)
  for (let place = 0; place < order.length; place++) ordered[place] = values[order[place] as number] as number
  return ordered
}

/** Rows transposed at once: so many stay in the fastest cache while their columns are taken. */
const BLOCK_ROWS = 256

/** The columns of a table of `width` numbers a row, in the order of the rows. */
export function transposed(
  numbers: Float64Array,
  width: number,
  order: Uint32Array,
): readonly Float64Array[] {
  const columns = Array.from({ length: width }, () => new Float64Array(order.length))
  for (let first = 0; first < order.length; first += BLOCK_ROWS) {
    const end = Math.min(order.length, first + BLOCK_ROWS)
    for (const [offset, values] of columns.entries()) {
      for (let place = first; place < end; place++) {
        values[place] = numbers[(order[place] as number) * width + offset] as number
      }
    }
  }
  return columns
}

/** The rank of each row's number. */
export function ranksOf(numbers: Int32Array, size: number, rankOf: Int32Array): Int32Array {
  const ranks = new Int32Array(size)
  for (let row = 0; row < size; row++) ranks[row] = rankOf[numbers[row] as number] as number
  return ranks
}

/** Days as ranks from 0 on: days since the first. */
export function ranksOfDays(days: Int32Array): Int32Array {
  let first = days[0] ?? 0
  for (let row = 0; row < days.length; row++) first = Math.min(first, days[row] as number)
  return days.map((day) => day - first)
}

/** 1 for every number below `count` that a row has. */
export function usedNumbers(numbers: Int32Array, size: number, count: number): Uint8Array {
  const used = new Uint8Array(count)
  for (let row = 0; row < size; row++) used[numbers[row] as number] = 1
  return used
}

/** Keeps the order of rows of one rank. */
function sortByRank(order: Uint32Array<ArrayBuffer>, ranks: Int32Array): Uint32Array<ArrayBuffer> {
  const size = order.length
  let last = 0
  for (let row = 0; row < size; row++) last = Math.max(last, ranks[row] as number)
  const next = new Uint32Array(last + 2)
  for (let row = 0; row < size; row++) {
    const after = (ranks[row] as number) + 1
    next[after] = (next[after] as number) + 1
  }
  for (let rank = 1; rank < next.length; rank++) {
    next[rank] = (next[rank] as number) + (next[rank - 1] as number)
  }

  const sorted = new Uint32Array(size)
  for (let place = 0; place < size; place++) {
    const row = order[place] as number
    const rank = ranks[row] as number
    const to = next[rank] as number
    sorted[to] = row
    next[rank] = to + 1
  }
  return sorted
}
