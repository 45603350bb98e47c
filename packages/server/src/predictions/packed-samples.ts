import { MAX_INTEGER_BYTES, writeInteger } from './leb128.ts'
import { SAMPLE_WIDTH } from './observation.ts'

/**
 * Samples as they are kept in memory: eight unsigned LEB128 integers each, one sample after the other in the order they
 * came. Unlike the stored form (`sample-codec.ts`) a sample does not depend on the one before it, so that one is
 * added at the end whatever its time. A typical one takes 21 bytes.
 */

/** No sample takes more: eight numbers of up to 53 bits. */
export const MAX_PACKED_BYTES = MAX_INTEGER_BYTES * SAMPLE_WIDTH

/**
 * Writes one sample, its time as milliseconds since `startMs`.
 *
 * @returns the index after its last byte.
 */
export function packSample(
  sample: Float64Array,
  from: number,
  startMs: number,
  bytes: Uint8Array,
  at: number,
): number {
  let end = writeInteger((sample[from] as number) - startMs, bytes, at)
  for (let field = 1; field < SAMPLE_WIDTH; field++)
    end = writeInteger(sample[from + field] as number, bytes, end)
  return end
}

/**
 * Reads `count` samples into `numbers` from an index on.
 *
 * @returns the index after the last number.
 */
export function unpackSamples(
  bytes: Uint8Array,
  at: number,
  count: number,
  startMs: number,
  numbers: Float64Array,
  to: number,
): number {
  const end = to + count * SAMPLE_WIDTH
  let next = at
  for (let index = to; index < end; index++) {
    let byte = bytes[next++] as number
    let value = byte & 127
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = bytes[next++] as number
      value += (byte & 127) * scale
    }
    numbers[index] = value
  }
  for (let index = to; index < end; index += SAMPLE_WIDTH)
    numbers[index] = (numbers[index] as number) + startMs
  return end
}
