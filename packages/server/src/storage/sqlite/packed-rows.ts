import { EVENT_STRIDE, wordColumns } from '../event-columns.ts'
import type { EventRows } from '../event-rows.ts'
import type { AppendedRows } from '../store.ts'
import { UUID_BYTES } from '../uuid-bytes.ts'

/**
 * The rows of a whole group on their way to the writer's thread: one block of bytes, since handing over arrays of as
 * many values takes five times as long.
 *
 * The block holds the values of one event after the other and then the 16 bytes of one id after the other, both as in
 * `EventRows`. Texts travel beside it, each once for all requests.
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

export function packRows(requests: readonly EventRows[]): PackedRows {
  const count = rowsIn(requests)
  const block = new Uint8Array(count * (EVENT_STRIDE * Float64Array.BYTES_PER_ELEMENT + UUID_BYTES))
  const { values, eventIds } = partsOf(block, count)
  const places = new Map<string, number>()
  let row = 0
  for (const rows of requests) {
    values.set(rows.values, row * EVENT_STRIDE)
    eventIds.set(rows.eventIds, row * UUID_BYTES)
    const placeInGroup = rows.texts.map((text) => placeOf(text, places))
    const end = row + rows.count
    for (; row < end; row++) moveTexts(values, row * EVENT_STRIDE, placeInGroup)
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

/** Puts the places of texts in the group where those in the request stand. */
function moveTexts(values: Float64Array, start: number, placeInGroup: readonly number[]): void {
  for (const column of wordColumns) {
    const place = values[start + column] as number
    if (!Number.isNaN(place)) values[start + column] = placeInGroup[place] as number
  }
}

function placeOf(text: string, places: Map<string, number>): number {
  const known = places.get(text)
  if (known !== undefined) return known
  places.set(text, places.size)
  return places.size - 1
}
