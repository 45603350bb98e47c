import type { RollupSum } from '../storage/rollup-columns.ts'
import type { SummedRow, Sums } from './rollup-reader.ts'

/** Keys that an answer names one by one. */
export const MAX_KEYS = 100

/** Adds rows up by what they have in common. */
export function groupBy<Key>(
  rows: readonly SummedRow[],
  names: readonly RollupSum[],
  keyOf: (row: SummedRow) => Key,
): Map<Key, Sums> {
  const groups = new Map<Key, Sums>()
  for (const row of rows) {
    const key = keyOf(row)
    const sums = groups.get(key) ?? noSums(names)
    groups.set(key, sums)
    for (const name of names) sums[name] = (sums[name] ?? 0) + (row.sums[name] ?? 0)
  }
  return groups
}

export function total(rows: readonly SummedRow[], names: readonly RollupSum[]): Sums {
  return groupBy(rows, names, () => 'all').get('all') ?? noSums(names)
}

export function noSums(names: readonly RollupSum[]): Sums {
  return Object.fromEntries(names.map((name) => [name, 0]))
}

/** A key and its sums; null is all the rest together. */
export type KeyedSums = readonly [key: string | null, sums: Sums]

/** The first keys by a sum, largest first, then the rest as one. Equal ones are in the order of their names. */
export function ranked(
  rows: readonly SummedRow[],
  names: readonly RollupSum[],
  rankBy: readonly RollupSum[],
  maxKeys = MAX_KEYS,
): readonly KeyedSums[] {
  const groups = [...groupBy(rows, names, ({ keys }) => keys[0] ?? '')].sort(
    ([aKey, a], [bKey, b]) => compareBy(a, b, rankBy) || (aKey < bKey ? -1 : 1),
  )
  const first: KeyedSums[] = groups.slice(0, maxKeys)
  const rest = groups.slice(maxKeys)
  if (rest.length > 0) {
    const sums = noSums(names)
    for (const [, each] of rest) for (const name of names) sums[name] = (sums[name] ?? 0) + (each[name] ?? 0)
    first.push([null, sums])
  }
  return first
}

function compareBy(a: Sums, b: Sums, names: readonly RollupSum[]): number {
  for (const name of names) {
    const difference = (b[name] ?? 0) - (a[name] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
