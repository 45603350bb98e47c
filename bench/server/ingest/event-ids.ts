import { randomBytes } from 'node:crypto'

/** Ids as clients make them: version 4, or version 7, whose beginning grows with time. */
export type IdOrder = 'random' | 'ordered'

/** Writes the 36 characters of a new id at a place. Cheap, as it runs beside the server that is measured. */
export type WriteId = (bytes: Buffer, offset: number) => void

/** Hex digits of every byte, two characters each. */
const HEX = Buffer.from(
  Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join(''),
  'latin1',
)
const POOL_BYTES = 1 << 16

export function idWriter(order: IdOrder): WriteId {
  const id = new Uint8Array(16)
  const pool = new Uint8Array(POOL_BYTES)
  let at = POOL_BYTES
  let sequence = 0

  const fillRandom = () => {
    if (at + 16 > POOL_BYTES) {
      pool.set(randomBytes(POOL_BYTES))
      at = 0
    }
    for (let index = 0; index < 16; index++) id[index] = pool[at + index] as number
    at += 16
  }
  return (bytes, offset) => {
    fillRandom()
    if (order === 'ordered') writeTime(id, Date.now(), sequence++)
    id[6] = ((id[6] as number) & 0x0f) | (order === 'ordered' ? 0x70 : 0x40)
    id[8] = ((id[8] as number) & 0x3f) | 0x80
    writeHex(bytes, offset, id)
  }
}

/** 48 bits of milliseconds, then twelve of a sequence, so that ids of one millisecond keep their order. */
function writeTime(id: Uint8Array, nowMs: number, sequence: number): void {
  for (let index = 5, rest = nowMs; index >= 0; index--, rest = Math.floor(rest / 256)) id[index] = rest % 256
  id[6] = (sequence >> 8) & 0x0f
  id[7] = sequence & 0xff
}

function writeHex(bytes: Buffer, offset: number, id: Uint8Array): void {
  let to = offset
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) to++ // the hyphen is there already
    const from = (id[index] as number) * 2
    bytes[to++] = HEX[from] as number
    bytes[to++] = HEX[from + 1] as number
  }
}
