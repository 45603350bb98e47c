import type { EventRows } from '../event-rows.ts'
import { UUID_BYTES } from '../uuid-bytes.ts'

/** The rows of a group in the order of their keys, each key once. */
export interface GroupOrder {
  readonly count: number
  /** Of each row, the place of its request in the group. */
  readonly requests: Uint32Array
  /** Of each row, its place in that request. */
  readonly rows: Uint32Array
}

/** A key as numbers that compare as it does: the instance, then the id in words of 32 bits. */
const KEY_WORDS = 1 + UUID_BYTES / 4

/**
 * Puts a group in order. Of a key that comes twice, the first row to arrive is the one that is stored, and PostgreSQL
 * need not be told of the others. Keys as numbers are sorted in 0.3 µs an event, as text in 0.5.
 */
export function orderByKey(group: readonly EventRows[]): GroupOrder {
  const size = group.reduce((sum, { count }) => sum + count, 0)
  const requestOf = new Uint32Array(size)
  const rowOf = new Uint32Array(size)
  const keys = new Uint32Array(size * KEY_WORDS)
  let next = 0
  for (const [request, { count, instanceNo, eventIds }] of group.entries()) {
    const ids = new DataView(eventIds.buffer, eventIds.byteOffset)
    for (let row = 0; row < count; row++) {
      requestOf[next] = request
      rowOf[next] = row
      writeKey(keys, next++, instanceNo, ids, row)
    }
  }

  const order = Uint32Array.from(requestOf.keys()).sort((a, b) => compareKeys(keys, a, b) || a - b)
  const kept = order.filter((row, at) => at === 0 || compareKeys(keys, row, order[at - 1] as number) !== 0)
  return {
    count: kept.length,
    requests: kept.map((at) => requestOf[at] as number),
    rows: kept.map((at) => rowOf[at] as number),
  }
}

function writeKey(keys: Uint32Array, at: number, instanceNo: number, ids: DataView, row: number): void {
  keys[at * KEY_WORDS] = instanceNo
  for (let word = 1; word < KEY_WORDS; word++)
    keys[at * KEY_WORDS + word] = ids.getUint32(row * UUID_BYTES + (word - 1) * 4)
}

function compareKeys(keys: Uint32Array, a: number, b: number): number {
  for (let word = 0; word < KEY_WORDS; word++) {
    const difference = (keys[a * KEY_WORDS + word] as number) - (keys[b * KEY_WORDS + word] as number)
    if (difference !== 0) return difference
  }
  return 0
}
