import { parseTimestampMicros } from '@mosaicstack/telemetry-client/protocol'

import type { ByteToken } from './byte-token.ts'
import { ISO_LENGTH, isoMicros } from './iso-timestamp.ts'
import type { PlainField } from './plain-fields.ts'

/**
 * Readers of single values. Each is given the place where its value begins and returns the place behind it, or
 * `NOT_PLAIN`; what it has read it writes to `values[to]`. Places go from hand to hand as numbers: a cursor object that
 * everybody moves made reading an event a tenth slower.
 */

/** No place. */
export const NOT_PLAIN = -1

/** Digits of a whole number that 32 bits hold whatever they are. No bound of ours is larger. */
const MAX_WHOLE_DIGITS = 9
/** Of a number, with its point: 15 digits are exact whatever they are. */
const MAX_EXACT_LENGTH = 16
/** With microseconds and an offset. */
const MAX_TIMESTAMP_LENGTH = 32

/** A whole number without sign and exponent. */
export function readInteger(
  bytes: Buffer,
  from: number,
  { min, max }: PlainField,
  values: Float64Array,
  to: number,
): number {
  let number = 0
  let at = from
  for (; isDigit(bytes[at]); at++) number = (number * 10 + (bytes[at] as number) - DIGIT_0) | 0
  values[to] = number
  return isWhole(bytes, from, at) && number >= min && number <= max ? at : NOT_PLAIN
}

/** A number without sign and exponent. */
export function readNumber(
  bytes: Buffer,
  from: number,
  { min, max }: PlainField,
  values: Float64Array,
  to: number,
): number {
  let at = afterDigits(bytes, from)
  if (!isWhole(bytes, from, at)) return NOT_PLAIN
  let fraction = at
  if (bytes[at] === POINT) {
    fraction = at + 1
    at = afterDigits(bytes, fraction)
    if (at === fraction) return NOT_PLAIN
  }
  const number = numberOf(bytes, from, fraction, at)
  values[to] = number
  return number >= min && number <= max ? at : NOT_PLAIN
}

/** A double holds few digits exactly, and dividing two such numbers rounds as `JSON.parse` does. */
function numberOf(bytes: Buffer, from: number, fraction: number, end: number): number {
  if (end - from > MAX_EXACT_LENGTH) return Number(bytes.toString('latin1', from, end))
  let digits = 0
  for (let at = from; at < end; at++)
    if (bytes[at] !== POINT) digits = digits * 10 + (bytes[at] as number) - DIGIT_0
  return digits / 10 ** (end - fraction)
}

/** An RFC 3339 date-time between quotes, as microseconds since the epoch; one before 1970 is not plain. */
export function readTimestamp(
  bytes: Buffer,
  at: number,
  maxMicros: number,
  values: Float64Array,
  to: number,
) {
  const start = at + 1
  let end = start + ISO_LENGTH
  let micros: number | undefined = bytes[at] === QUOTE && bytes[end] === QUOTE ? isoMicros(bytes, start) : -1
  if (micros < 0) {
    end = endOfText(bytes, at)
    if (end === NOT_PLAIN || end - start > MAX_TIMESTAMP_LENGTH) return NOT_PLAIN
    micros = parseTimestampMicros(bytes.toString('latin1', start, end)) ?? -1
  }
  values[to] = micros
  return micros >= 0 && micros <= maxMicros ? end + 1 : NOT_PLAIN
}

/** One of the tokens, as its place among them; `guess` is tried first. */
export function readOneOf(
  view: DataView,
  at: number,
  tokens: readonly ByteToken[],
  guess: number,
  values: Float64Array,
  to: number,
): number {
  const guessed = tokens[guess]
  if (guessed?.isAt(at, view) === true) {
    values[to] = guess
    return at + guessed.length
  }
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as ByteToken
    if (!token.isAt(at, view)) continue
    values[to] = index
    return at + token.length
  }
  return NOT_PLAIN
}

/** Where a text ends whose first quote is at a place: at its other quote. It is printable ASCII without escapes. */
export function endOfText(bytes: Buffer, at: number): number {
  if (bytes[at] !== QUOTE) return NOT_PLAIN
  for (let end = at + 1; ; end++) {
    const char = bytes[end] as number
    if (char === QUOTE) return end
    if (!(char >= SPACE && char <= TILDE) || char === BACKSLASH) return NOT_PLAIN // also beyond the end
  }
}

/** The place behind spaces. */
export function afterSpaces(bytes: Buffer, at: number): number {
  let end = at
  while (bytes[end] === SPACE) end++
  return end
}

/** Whether the digits are a whole number as JSON has it, and not too long. */
function isWhole(bytes: Buffer, from: number, end: number): boolean {
  const length = end - from
  return length > 0 && length <= MAX_WHOLE_DIGITS && (length === 1 || bytes[from] !== DIGIT_0)
}

function afterDigits(bytes: Buffer, from: number): number {
  let at = from
  while (isDigit(bytes[at])) at++
  return at
}

/** Beyond the end there is none. */
function isDigit(char: number | undefined): boolean {
  return (char as number) >= DIGIT_0 && (char as number) <= DIGIT_9
}

const SPACE = 0x20
const QUOTE = 0x22
const POINT = 0x2e
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const BACKSLASH = 0x5c
const TILDE = 0x7e
