/** Unsigned LEB128: seven bits a byte, the lowest first, the eighth set while more follow. One encoding a number. */

/** No whole number of up to 53 bits takes more. */
export const MAX_INTEGER_BYTES = 8

/**
 * Writes a whole number of up to 53 bits.
 *
 * @returns the index after its last byte.
 */
export function writeInteger(value: number, bytes: Uint8Array, at: number): number {
  let rest = value
  let end = at
  // Shifts cut at 32 bits, so only what is below takes the fast way.
  for (; rest >= 0x7fffffff; rest = Math.floor(rest / 128)) bytes[end++] = (rest % 128) | 128
  for (; rest >= 128; rest >>>= 7) bytes[end++] = (rest & 127) | 128
  bytes[end++] = rest
  return end
}

/** All integers from a byte on; `undefined` where the last one is cut short. */
export function readIntegers(bytes: Uint8Array, start: number): Float64Array | undefined {
  let count = 0
  for (let index = start; index < bytes.length; index++) if ((bytes[index] as number) < 128) count++
  if (bytes.length > start && (bytes[bytes.length - 1] as number) >= 128) return undefined

  const integers = new Float64Array(count)
  let next = start
  for (let index = 0; index < count; index++) {
    let byte = bytes[next++] as number
    let value = byte % 128
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = bytes[next++] as number
      value += (byte % 128) * scale
    }
    integers[index] = value
  }
  return integers
}
