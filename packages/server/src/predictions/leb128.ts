/** Unsigned LEB128: seven bits a byte, the lowest first, the eighth set while more follow. One encoding a number. */

export function appendInteger(bytes: number[], value: number): void {
  // Division, not shifts: shifts would cut at 32 bits.
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
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
