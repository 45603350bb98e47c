import { ByteToken } from './byte-token.ts'

/** A power of two. */
const SLOTS = 256

/**
 * Texts that were read before, such as names of models: to find one by its bytes takes a tenth of making it anew, and
 * whoever compares it then compares one and the same string. A text takes the slot of another; so there are never more.
 */
export class KnownTexts {
  readonly #slots: ({ readonly quoted: ByteToken; readonly text: string } | undefined)[] = Array.from({
    length: SLOTS,
  })

  /** The text that begins with the quote at a place and ends before `end`. */
  textAt(bytes: Buffer, view: DataView, at: number, end: number): string {
    const slot = slotOf(bytes, at + 1, end)
    const known = this.#slots[slot]
    if (known !== undefined && known.quoted.isAt(at, view)) return known.text
    const text = bytes.toString('latin1', at + 1, end)
    this.#slots[slot] = { quoted: new ByteToken(`"${text}"`), text }
    return text
  }
}

function slotOf(bytes: Buffer, from: number, end: number): number {
  let hash = 0
  for (let at = from; at < end; at++) hash = (hash * 31 + (bytes[at] as number)) | 0
  return hash & (SLOTS - 1)
}
