import { MAX_INTEGER_BYTES, readIntegers, writeInteger } from './leb128.ts'
import { OLD_SKETCHED_VERSION, SKETCHED_VERSION, unreadableUnit } from './sample-codec.ts'
import { BUCKETS, Sketch } from './sketch.ts'

/**
 * The stored form of a unit that is sketched.
 *
 *     byte 0    version, 3
 *     then unsigned LEB128 integers:
 *               milliseconds from midnight UTC of the unit's (first) day to its newest sample
 *               how many samples had each of the eight combinations of flags
 *               for each of the six metrics: how many buckets hold anything, and for each of them, ascending,
 *               twice its count where it is the next one after the one before (the first: after bucket -1),
 *               otherwise twice its count plus 1, and then its distance to the one before
 *
 * An integer has one encoding and buckets ascend: equal sketches have equal bytes.
 *
 * Version 2 wrote every distance, before the count as it is, which took a third more. It is still read, and written anew
 * when it was.
 */
export function encodeSketched(
  sinceMs: number,
  flagCounts: readonly number[],
  sketches: readonly Pick<Sketch, 'addTo'>[],
): Uint8Array {
  const mostIntegers = 1 + flagCounts.length + sketches.length * (1 + 2 * BUCKETS)
  if (room.length < 1 + MAX_INTEGER_BYTES * mostIntegers)
    room = new Uint8Array(1 + MAX_INTEGER_BYTES * mostIntegers)
  room[0] = SKETCHED_VERSION
  let end = writeInteger(sinceMs, room, 1)
  for (const count of flagCounts) end = writeInteger(count, room, end)
  for (const sketch of sketches) end = writeSketch(sketch, room, end)
  return room.slice(0, end)
}

/** Where a row is written before its length is known. */
let room = new Uint8Array(0)
/** The counts of one sketch; 0 between two. Looking at all of them takes less than sorting those there are. */
const counts = new Float64Array(BUCKETS)

function writeSketch(sketch: Pick<Sketch, 'addTo'>, bytes: Uint8Array, at: number): number {
  sketch.addTo(counts, 1)
  let entries = 0
  for (let bucket = 0; bucket < BUCKETS; bucket++) if (counts[bucket] !== 0) entries++
  let end = writeInteger(entries, bytes, at)
  for (let bucket = 0, previous = -1; entries > 0; bucket++) {
    const count = counts[bucket] as number
    if (count === 0) continue
    const distance = bucket - previous
    end = writeInteger(2 * count + (distance === 1 ? 0 : 1), bytes, end)
    if (distance !== 1) end = writeInteger(distance, bytes, end)
    counts[bucket] = 0
    previous = bucket
    entries--
  }
  return end
}

export interface DecodedSketches {
  readonly sinceMs: number
  readonly flagCounts: number[]
  readonly sketches: readonly Sketch[]
}

/** Reads what `encodeSketched` wrote, now or in version 2. Throws a `ServerError` on anything else. */
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
  const readEntry = bytes[0] === OLD_SKETCHED_VERSION ? readOldEntry : readNewEntry
  const sketches = Array.from({ length: metrics }, () => readSketch(next, readEntry))
  if (at !== integers.length) throw unreadableUnit()
  return { sinceMs, flagCounts, sketches }
}

interface Entry {
  readonly distance: number
  readonly count: number
}

function readSketch(next: () => number, readEntry: (next: () => number) => Entry): Sketch {
  const sketch = new Sketch()
  let bucket = -1
  for (let left = next(); left > 0; left--) {
    const { distance, count } = readEntry(next)
    bucket += distance
    if (bucket >= BUCKETS) throw unreadableUnit()
    sketch.addToBucket(bucket, count)
  }
  return sketch
}

function readNewEntry(next: () => number): Entry {
  const doubled = next()
  const isFar = doubled % 2 === 1
  return { distance: isFar ? next() : 1, count: Math.floor(doubled / 2) }
}

function readOldEntry(next: () => number): Entry {
  return { distance: next(), count: next() }
}
