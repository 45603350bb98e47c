/** Types of elements, by the numbers that PostgreSQL gives them for ever. */
const INTEGER = { oid: 23, bytes: 4 }
const DOUBLE = { oid: 701, bytes: 8 }
const UUID = { oid: 2950, bytes: 16 }

/** Dimensions, whether there are nulls, type, size, first index: four bytes each. */
const HEADER_BYTES = 20
const LENGTH_BYTES = 4
const NULL_LENGTH = -1

/**
 * Arrays as PostgreSQL sends and takes them in binary: a header, and of each element its length and its bytes. Numbers
 * are written in less than half the time that their digits take.
 */
export function integerArray(values: ArrayLike<number>): Buffer {
  const { buffer, view } = begin(INTEGER, values.length)
  let at = HEADER_BYTES
  for (let index = 0; index < values.length; index++) {
    at = writeLength(view, at, INTEGER.bytes)
    view.setInt32(at, values[index] as number)
    at += INTEGER.bytes
  }
  return buffer
}

/** `NaN` is sent as null. */
export function doubleArray(count: number, valueAt: (index: number) => number): Buffer {
  const { buffer, view } = begin(DOUBLE, count)
  let at = HEADER_BYTES
  for (let index = 0; index < count; index++) {
    const value = valueAt(index)
    if (Number.isNaN(value)) {
      view.setInt32(4, 1)
      at = writeLength(view, at, NULL_LENGTH)
      continue
    }
    at = writeLength(view, at, DOUBLE.bytes)
    view.setFloat64(at, value)
    at += DOUBLE.bytes
  }
  return buffer.subarray(0, at)
}

/** @param writeTo writes the 16 bytes of an id. */
export function uuidArray(
  count: number,
  writeTo: (bytes: Uint8Array, offset: number, index: number) => void,
): Buffer {
  const { buffer, view } = begin(UUID, count)
  let at = HEADER_BYTES
  for (let index = 0; index < count; index++) {
    at = writeLength(view, at, UUID.bytes)
    writeTo(buffer, at, index)
    at += UUID.bytes
  }
  return buffer
}

function begin(type: { readonly oid: number; readonly bytes: number }, count: number) {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + count * (LENGTH_BYTES + type.bytes))
  const view = new DataView(buffer.buffer, buffer.byteOffset)
  for (const [index, value] of [1, 0, type.oid, count, 1].entries()) view.setInt32(index * 4, value)
  return { buffer, view }
}

function writeLength(view: DataView, at: number, length: number): number {
  view.setInt32(at, length)
  return at + LENGTH_BYTES
}
