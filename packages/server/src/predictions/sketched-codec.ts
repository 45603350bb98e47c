import { appendInteger, readIntegers } from './leb128.ts'
import { SKETCHED_VERSION, unreadableUnit } from './sample-codec.ts'
import { BUCKETS, Sketch } from './sketch.ts'

/**
 * The stored form of a unit that is sketched.
 *
 *     byte 0    version, 2
 *     then unsigned LEB128 integers:
 *               milliseconds from midnight UTC of the unit's (first) day to its newest sample
 *               how many samples had each of the eight combinations of flags
 *               for each of the six metrics: how many buckets hold anything, and for each of them, ascending, its
 *               distance to the one before (the first: to bucket -1) and its count
 *
 * An integer has one encoding and buckets ascend: equal sketches have equal bytes.
 */
export function encodeSketched(
  sinceMs: number,
  flagCounts: readonly number[],
  sketches: readonly Sketch[],
): Uint8Array {
  const bytes: number[] = [SKETCHED_VERSION]
  appendInteger(bytes, sinceMs)
  for (const count of flagCounts) appendInteger(bytes, count)
  for (const sketch of sketches) {
    const entries = sketch.entries()
    appendInteger(bytes, entries.length)
    let previous = -1
    for (const [bucket, count] of entries) {
      appendInteger(bytes, bucket - previous)
      appendInteger(bytes, count)
      previous = bucket
    }
  }
  return Uint8Array.from(bytes)
}

export interface DecodedSketches {
  readonly sinceMs: number
  readonly flagCounts: number[]
  readonly sketches: readonly Sketch[]
}

/** Reads what `encodeSketched` wrote. Throws a `ServerError` on anything else. */
export function decodeSketched(bytes: Uint8Array, flagSets: number, metrics: number): DecodedSketches {
  const integers = readIntegers(bytes, 1)
  if (integers === undefined) throw unreadableUnit()

  let at = 0
  const next = (): number => {
    const value = integers[at++]
    if (value === undefined) throw unreadableUnit()
    return value
  }
  const sinceMs = next()
  const flagCounts = Array.from({ length: flagSets }, next)
  const sketches = Array.from({ length: metrics }, () => readSketch(next))
  if (at !== integers.length) throw unreadableUnit()
  return { sinceMs, flagCounts, sketches }
}

function readSketch(next: () => number): Sketch {
  const sketch = new Sketch()
  let bucket = -1
  for (let left = next(); left > 0; left--) {
    bucket += next()
    if (bucket >= BUCKETS) throw unreadableUnit()
    sketch.addToBucket(bucket, next())
  }
  return sketch
}
