/** The bytes are not what was to be read. Thrown while reading, caught by whoever decodes a whole. */
export class UnreadableBytes extends Error {
  override readonly name = 'UnreadableBytes'
}

/** Reads what a `ByteWriter` wrote. Never reads beyond the end, nor makes room for more than the bytes can hold. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #place = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#place === this.#bytes.length
  }

  integer(): number {
    const bytes = this.#bytes
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[this.#place++]
      if (byte === undefined || scale > 2 ** 49) throw new UnreadableBytes('a number is cut short')
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  /** A whole number below `end`. */
  below(end: number): number {
    const value = this.integer()
    if (value >= end) throw new UnreadableBytes(`${value} where there are ${end}`)
    return value
  }

  signed(): number {
    const value = this.integer()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  double(): number {
    this.#need(8)
    const value = this.#view.getFloat64(this.#place, true)
    this.#place += 8
    return value
  }

  doubles(count: number): Float64Array {
    this.#need(8 * count)
    return Float64Array.from({ length: count }, () => this.double())
  }

  singles(count: number): Float32Array {
    this.#need(4 * count)
    const values = new Float32Array(count)
    for (let index = 0; index < count; index++) {
      values[index] = this.#view.getFloat32(this.#place, true)
      this.#place += 4
    }
    return values
  }

  text(): string {
    return new TextDecoder('utf-8', { fatal: true }).decode(this.section())
  }

  section(): Uint8Array {
    const length = this.integer()
    this.#need(length)
    const bytes = this.#bytes.subarray(this.#place, this.#place + length)
    this.#place += length
    return bytes
  }

  /** How many things follow, each of a byte at least. */
  count(): number {
    const count = this.integer()
    this.#need(count)
    return count
  }

  list<Item>(read: () => Item): Item[] {
    return Array.from({ length: this.count() }, read)
  }

  #need(bytes: number): void {
    if (this.#place + bytes > this.#bytes.length) throw new UnreadableBytes('the bytes end too early')
  }
}

/** What `read` makes of the bytes; undefined unless it reads all of them without trouble. */
export function decodeWhole<Value>(
  bytes: Uint8Array,
  read: (reader: ByteReader) => Value | undefined,
): Value | undefined {
  try {
    const reader = new ByteReader(bytes)
    const value = read(reader)
    return reader.isAtEnd ? value : undefined
  } catch (error) {
    // A text that is no UTF-8 is a TypeError.
    if (error instanceof UnreadableBytes || error instanceof TypeError) return undefined
    throw error
  }
}
