import { EVENT_STRIDE, type EventRows } from '../event-rows.ts'
import type { AppendedRows } from '../store.ts'

/**
 * The rows of a whole group on their way to the writer's thread: one block of bytes. To pack and to hand it over takes
 * 0.15 us an event, where arrays of as many values take 0.7.
 *
 * The block holds the values of one event after the other as doubles, which hold every stored number exactly, and then
 * the 16 bytes of one id after the other. Texts travel beside it, each once; where one belongs stands its place in
 * that list. NaN stands for null.
 */
export interface PackedRows {
  readonly requests: readonly PackedRequest[]
  readonly block: Uint8Array
  readonly texts: readonly string[]
}

interface PackedRequest {
  readonly instanceNo: number
  readonly count: number
}

export const ID_BYTES = 16

export function packRows(requests: readonly EventRows[]): PackedRows {
  const count = rowsIn(requests)
  const block = new Uint8Array(count * (EVENT_STRIDE * Float64Array.BYTES_PER_ELEMENT + ID_BYTES))
  const { values, eventIds } = partsOf(block, count)
  const places = new Map<string, number>()
  let valueAt = 0
  let idAt = 0
  for (const rows of requests) {
    for (let index = 0; index < rows.values.length; index++) {
      const value = rows.values[index]
      values[valueAt++] = typeof value === 'string' ? placeOf(value, places) : (value ?? Number.NaN)
    }
    eventIds.set(rows.eventIds, idAt)
    idAt += rows.eventIds.length
  }
  return { requests: requests.map(nameOf), block, texts: [...places.keys()] }
}

/** The two parts of a block: `EVENT_STRIDE` values an event, and 16 bytes of id. */
export function unpackRows({ requests, block }: PackedRows) {
  return partsOf(block, rowsIn(requests))
}

/** What became of each request, out of what became of all its rows. */
export function splitAppended(
  appended: AppendedRows,
  requests: readonly PackedRequest[],
): readonly AppendedRows[] {
  let first = 0
  return requests.map(({ count }) => appended.subarray(first, (first += count)))
}

export function rowsIn(requests: readonly PackedRequest[]): number {
  return requests.reduce((sum, { count }) => sum + count, 0)
}

function partsOf(block: Uint8Array, count: number) {
  const values = new Float64Array(block.buffer, block.byteOffset, count * EVENT_STRIDE)
  return { values, eventIds: block.subarray(values.byteLength) }
}

function nameOf({ instanceNo, count }: EventRows): PackedRequest {
  return { instanceNo, count }
}

function placeOf(text: string, places: Map<string, number>): number {
  const known = places.get(text)
  if (known !== undefined) return known
  places.set(text, places.size)
  return places.size - 1
}
