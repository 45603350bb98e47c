import { readSync } from 'node:fs'

/** Read at a time. Larger pieces were no faster, and memory would grow with them. */
const CHUNK_BYTES = 1024 * 1024
/** A line beyond this is not read: no agent writes one, and memory has to end somewhere. */
export const MAX_LINE_BYTES = 32 * 1024 * 1024

const NEWLINE = 0x0a

/** Used again from file to file: giving out fresh memory for each took longer than reading them. */
let spare: Buffer | undefined

export type LineOutcome =
  /**
   * A line without its end: the bytes of `buffer` from `start` to `end`, until the next one is asked for. `isWhole` is
   * false for what stands after the last newline.
   */
  | {
      readonly kind: 'line'
      readonly buffer: Buffer
      readonly start: number
      readonly end: number
      readonly endsAt: number
      readonly isWhole: boolean
    }
  | { readonly kind: 'too_long'; readonly endsAt: number }

/** Yields the lines of an open file from a place on; `endsAt` is where the next line begins. */
export function* readLines(file: number, from: number): Generator<LineOutcome, void, undefined> {
  let buffer = spare ?? Buffer.allocUnsafe(CHUNK_BYTES)
  spare = undefined
  /** Where `buffer[0]` is in the file. */
  let base = from
  let filled = 0
  /** Within the buffer: the beginning of the line, and how far it was searched for its end. */
  let start = 0
  let searched = 0
  let isSkipping = false
  for (;;) {
    const newline = buffer.subarray(0, filled).indexOf(NEWLINE, searched)
    if (newline !== -1) {
      const endsAt = base + newline + 1
      if (isSkipping) yield { kind: 'too_long', endsAt }
      else if (newline > start) {
        yield { kind: 'line', buffer, start, end: newline, endsAt, isWhole: true }
      }
      isSkipping = false
      start = newline + 1
      searched = start
      continue
    }

    if (filled - start >= MAX_LINE_BYTES) isSkipping = true
    if (isSkipping) start = filled
    buffer = makeRoom(buffer, start, filled)
    base += start
    filled -= start
    start = 0
    searched = filled
    const count = readSync(file, buffer, filled, buffer.length - filled, base + filled)
    if (count === 0) break
    filled += count
  }
  if (filled > 0 && !isSkipping) {
    yield { kind: 'line', buffer, start: 0, end: filled, endsAt: base + filled, isWhole: false }
  }
  if (buffer.length === CHUNK_BYTES) spare = buffer
}

/** Moves what is not consumed to the front, into a larger buffer where it fills this one. */
function makeRoom(buffer: Buffer, start: number, filled: number): Buffer {
  const length = filled - start
  const isFull = length === buffer.length
  const isOversized = buffer.length > CHUNK_BYTES && length <= CHUNK_BYTES / 2
  const target = isFull || isOversized ? Buffer.allocUnsafe(isFull ? buffer.length * 2 : CHUNK_BYTES) : buffer
  buffer.copy(target, 0, start, filled)
  return target
}
