/**
 * Leaves the middle of long texts out of a line of JSON, so that the rest can be parsed in a tenth of the time: nine
 * tenths of a transcript are the outputs of tools, of which an importer reads the beginning at most.
 *
 * Always true
 * - What is left is JSON exactly if the line was, as far as its structure goes: only bytes between the quotes of one text
 *   are left out, and no escape or character is cut in two. A torn line, or two lines run together, stays broken.
 * - What stands in the part left out is not looked at. A broken escape there goes unnoticed, NUL bytes do not.
 * - A text that is cut keeps its first `MIN_KEPT_BYTES`, which is more than an id may have.
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/** A shorter text is not worth the cut, and a line without a longer one is not worth the search. */
export const LONG_TEXT_BYTES = 512
const KEPT_BYTES = 256
/** A text that is nothing but escapes around the place of the cut is not cut. */
export const MIN_KEPT_BYTES = 201
/** The longest escape, `\u0000`, and longer than any character. */
const MAX_UNIT_BYTES = 6
/** So far a text is looked at byte by byte; beyond that the native search is faster. */
const NEAR_BYTES = 48

export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * Finds what can be left out of the line between `start` and `end`; undefined where that is nothing.
 *
 * @param mayCut the names of the fields whose texts may be cut.
 */
export function findCuts(
  buffer: Buffer,
  { start, end }: Span,
  mayCut: ReadonlySet<string>,
): readonly Span[] | undefined {
  if (end - start < LONG_TEXT_BYTES) return undefined
  const cuts: Span[] = []
  let name: Span | undefined
  for (let at = start; at < end; at++) {
    if (buffer[at] !== QUOTE) continue
    const text = { start: at + 1, end: endOfText(buffer, at + 1, end) }
    if (text.end === -1) return undefined
    const isName = buffer[text.end + 1] === COLON
    if (!isName && name !== undefined && text.end - text.start >= LONG_TEXT_BYTES) {
      const cut = cutOf(buffer, text)
      if (cut !== undefined && mayCut.has(buffer.toString('latin1', name.start, name.end))) cuts.push(cut)
    }
    name = isName && buffer[text.end + 2] === QUOTE ? text : undefined
    at = text.end
  }
  return cuts.length === 0 ? undefined : cuts
}

/** The line without its cuts. */
export function textWithout(buffer: Buffer, { start, end }: Span, cuts: readonly Span[]): string {
  let text = ''
  let from = start
  for (const cut of cuts) {
    text += buffer.toString('utf8', from, cut.start)
    from = cut.end
  }
  return text + buffer.toString('utf8', from, end)
}

/** Where the closing quote is; -1 where there is none. */
function endOfText(buffer: Buffer, start: number, end: number): number {
  let at = start
  for (;;) {
    const near = Math.min(end, at + NEAR_BYTES)
    for (; at < near; at++) {
      const byte = buffer[at]
      if (byte === QUOTE) return at
      if (byte === BACKSLASH) at++
    }
    if (at >= end) return -1
    const quote = buffer.indexOf(QUOTE, at)
    if (quote === -1 || quote >= end) return -1
    let backslashes = 0
    while (quote - backslashes > at && buffer[quote - backslashes - 1] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return quote
    at = quote + 1
  }
}

/** From a place that is within no escape and no character up to the closing quote. */
function cutOf(buffer: Buffer, { start, end }: Span): Span | undefined {
  let from = start + KEPT_BYTES
  for (let at = from - 1; at >= from - MAX_UNIT_BYTES; at--) {
    if (buffer[at] === BACKSLASH) from = at
  }
  while (isWithinCharacter(buffer[from])) from--
  if (from < start + MIN_KEPT_BYTES) return undefined
  // What a NUL byte stands for is decided by those who see the whole line.
  return buffer.subarray(from, end).includes(0) ? undefined : { start: from, end }
}

/** A byte of UTF-8 that is not the first of its character. */
function isWithinCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
