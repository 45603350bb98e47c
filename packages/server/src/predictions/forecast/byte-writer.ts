const FIRST_BYTES = 4096
/** The longest number: eight groups of seven bits hold every safe integer. */
const MAX_INTEGER_BYTES = 8

/**
 * Writes numbers and texts one behind the other; `ByteReader` has the mirror of every method.
 *
 * A whole number is LEB128: seven bits a byte, the lowest first, the eighth bit set while more follow. A signed one is
 * doubled first, with the sign as its lowest bit. Doubles and singles are little-endian. A text is its length in bytes,
 * then UTF-8.
 */
export class ByteWriter {
  #bytes = new Uint8Array(FIRST_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #size = 0

  /** A whole number from 0 on. */
  integer(value: number): void {
    this.#reserve(MAX_INTEGER_BYTES)
    const bytes = this.#bytes
    let rest = value
    // Division, not shifts, as long as shifts would cut at 32 bits.
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) bytes[this.#size++] = (rest % 128) | 128
    for (; rest > 127; rest >>>= 7) bytes[this.#size++] = (rest & 127) | 128
    bytes[this.#size++] = rest
  }

  /** A whole number of either sign, up to 2^52. */
  signed(value: number): void {
    this.integer(value < 0 ? -2 * value - 1 : 2 * value)
  }

  double(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.#size, value, true)
    this.#size += 8
  }

  doubles(values: Float64Array): void {
    for (let index = 0; index < values.length; index++) this.double(values[index] as number)
  }

  singles(values: Float32Array): void {
    this.#reserve(4 * values.length)
    for (let index = 0; index < values.length; index++) {
      this.#view.setFloat32(this.#size, values[index] as number, true)
      this.#size += 4
    }
  }

  text(value: string): void {
    this.section(new TextEncoder().encode(value))
  }

  /** Bytes with their number before them. */
  section(bytes: Uint8Array): void {
    this.integer(bytes.length)
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#size)
    this.#size += bytes.length
  }

  /** A list: its length, then each item as `write` writes it. */
  list<Item>(items: readonly Item[], write: (item: Item) => void): void {
    this.integer(items.length)
    for (const item of items) write(item)
  }

  /** A copy of everything written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#size)
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#bytes.length) return
    const bytes = new Uint8Array(Math.max(2 * this.#bytes.length, this.#size + more))
    bytes.set(this.#bytes)
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }
}
