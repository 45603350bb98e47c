/** Unsigned LEB128: seven bits a byte, the lowest first, the eighth set while more follow. One encoding a number. */

export function appendInteger(bytes: number[], value: number): void {
  // Division, not shifts: shifts would cut at 32 bits.
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
}

/** All integers from a byte on; `undefined` where the last one is cut short. */
export function readIntegers(bytes: Uint8Array, start: number): number[] | undefined {
  const integers: number[] = []
  let value = 0
  let scale = 1
  for (const byte of bytes.subarray(start)) {
    value += (byte % 128) * scale
    scale *= 128
    if (byte < 128) {
      integers.push(value)
      value = 0
      scale = 1
    }
  }
  return scale === 1 ? integers : undefined
}
