import { createHash } from 'node:crypto'

/** Says of a table what is in it, whatever the order of its rows. */
export interface TableChecksum {
  readonly rows: number
  /** The sum of the first 128 bits of each row's SHA-256, as hexadecimal digits. */
  readonly sum: string
}

/** A value as both engines are read: bytes as hexadecimal digits, everything else as JSON has it. */
export type PlainValue = number | string | null

const MASK = (1n << 64n) - 1n

export class ChecksumBuilder {
  #rows = 0
  #high = 0n
  #low = 0n

  add(row: readonly PlainValue[]): void {
    const digest = createHash('sha256').update(JSON.stringify(row)).digest()
    this.#rows++
    // Added and not xored: a row that is there twice must not be as if it were not there at all.
    this.#high = (this.#high + digest.readBigUInt64BE(0)) & MASK
    this.#low = (this.#low + digest.readBigUInt64BE(8)) & MASK
  }

  finish(): TableChecksum {
    return { rows: this.#rows, sum: ((this.#high << 64n) | this.#low).toString(16).padStart(32, '0') }
  }
}

/** The value of a column, whichever engine it comes from. `uuid` columns lose their hyphens. */
export function plainValue(value: unknown, isUuid: boolean): PlainValue {
  if (value === null || value === undefined) return null
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')
  if (isUuid) return String(value).replaceAll('-', '')
  return value as number | string
}
