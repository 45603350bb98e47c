/** Rows in ascending order of several keys, the least significant first, each a rank from 0 on: one counting pass a key. */
export function sortedRows(size: number, keys: readonly Int32Array[]): Uint32Array {
  let order = Uint32Array.from({ length: size }, (_, row) => row)
  for (const ranks of keys) order = sortByRank(order, ranks)
  return order
}

/** The values in the order of the rows. */
export function reorder(values: Int32Array, order: Uint32Array): Int32Array {
  const ordered = new Int32Array(order.length)
  for (let place = 0; place < order.length; place++) ordered[place] = values[order[place] as number] as number
  return ordered
}

/** Days as ranks from 0 on: days since the first. */
export function ranksOfDays(days: Int32Array): Int32Array {
  let first = days[0] ?? 0
  for (const day of days) first = Math.min(first, day)
  return days.map((day) => day - first)
}

/** Keeps the order of rows of one rank. */
function sortByRank(order: Uint32Array, ranks: Int32Array): Uint32Array<ArrayBuffer> {
  let last = 0
  for (const rank of ranks) last = Math.max(last, rank)
  const next = new Uint32Array(last + 2)
  for (const rank of ranks) next[rank + 1] = (next[rank + 1] as number) + 1
  for (let rank = 1; rank < next.length; rank++)
    next[rank] = (next[rank] as number) + (next[rank - 1] as number)

  const sorted = new Uint32Array(order.length)
  for (const row of order) {
    const rank = ranks[row] as number
    const place = next[rank] as number
    sorted[place] = row
    next[rank] = place + 1
  }
  return sorted
}
