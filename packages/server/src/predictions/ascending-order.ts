const BYTES = Float64Array.BYTES_PER_ELEMENT

/** Up to so many, inserting one by one is faster. */
const FEW = 32

/** The bytes of a double from the least to the most significant one, in this machine's layout. */
const bytePositions = isLittleEndian() ? [0, 1, 2, 3, 4, 5, 6, 7] : [7, 6, 5, 4, 3, 2, 1, 0]

/**
 * The indices of `values` in ascending order of value, equal ones in the order they came. No value may be negative.
 *
 * A radix sort: doubles from 0 on order like their bytes. Measured against sorting indices by a comparison function, it
 * takes half the time for 1000 values and a quarter for a million whole numbers.
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  if (values.length <= FEW) return insertionOrder(values)

  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  let order = new Uint32Array(values.length).map((_, index) => index)
  let next = new Uint32Array(values.length)
  for (const position of bytePositions) {
    const places = bucketStarts(bytes, position)
    if (places === undefined) continue

    for (let index = 0; index < order.length; index++) {
      const item = order[index] as number
      const bucket = bytes[item * BYTES + position] as number
      const place = places[bucket] as number
      next[place] = item
      places[bucket] = place + 1
    }
    ;[order, next] = [next, order]
  }
  return order
}

function insertionOrder(values: Float64Array): Uint32Array {
  const order = new Uint32Array(values.length)
  for (let index = 1; index < values.length; index++) {
    let place = index
    for (; place > 0 && (values[order[place - 1] as number] as number) > (values[index] as number); place--)
      order[place] = order[place - 1] as number
    order[place] = index
  }
  return order
}

/** Where each byte's bucket begins; `undefined` where all values share the byte, as whole numbers do the low ones. */
function bucketStarts(bytes: Uint8Array, position: number): Uint32Array | undefined {
  const counts = new Uint32Array(256)
  for (let index = position; index < bytes.length; index += BYTES) {
    const bucket = bytes[index] as number
    counts[bucket] = (counts[bucket] as number) + 1
  }
  if (counts[bytes[position] ?? 0] === bytes.length / BYTES) return undefined

  let start = 0
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket] as number
    counts[bucket] = start
    start += count
  }
  return counts
}

function isLittleEndian(): boolean {
  return new Uint8Array(Float64Array.of(2).buffer)[0] === 0
}
