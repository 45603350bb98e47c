/**
 * A piece of ASCII to be found in bytes. Eight bytes are compared at once, as a double: no ASCII text is the bits of a
 * NaN. Byte by byte, reading an event with its 26 names takes half as long again.
 */
export class ByteToken {
  readonly length: number
  readonly #view: DataView

  constructor(ascii: string) {
    const bytes = Uint8Array.from(ascii, (char) => char.charCodeAt(0))
    this.length = bytes.length
    this.#view = new DataView(bytes.buffer)
  }

  /** Whether it stands at a place. */
  isAt(place: number, bytes: DataView): boolean {
    const { length } = this
    if (place + length > bytes.byteLength) return false
    const own = this.#view
    if (length < 8) {
      for (let at = 0; at < length; at++) if (bytes.getUint8(place + at) !== own.getUint8(at)) return false
      return true
    }
    for (let at = 0; at + 8 <= length; at += 8)
      if (bytes.getFloat64(place + at, true) !== own.getFloat64(at, true)) return false
    // The end once more, together with what comes before it.
    return bytes.getFloat64(place + length - 8, true) === own.getFloat64(length - 8, true)
  }
}
