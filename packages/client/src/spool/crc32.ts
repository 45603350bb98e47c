import * as zlib from 'node:zlib'

/** CRC-32 as in zlib and PNG. Node has a native one from 20.15 and 22.2 on; before that a table does, at 1 ns a byte. */
export const crc32: (bytes: Uint8Array) => number =
  (zlib as { crc32?: (bytes: Uint8Array) => number }).crc32 ?? crc32ByTable

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  }
  return remainder
})

/** Exported for its test: the same numbers as the native one. */
export function crc32ByTable(bytes: Uint8Array): number {
  let remainder = 0xffffffff
  for (const byte of bytes) remainder = (TABLE[(remainder ^ byte) & 255] as number) ^ (remainder >>> 8)
  return (remainder ^ 0xffffffff) >>> 0
}
