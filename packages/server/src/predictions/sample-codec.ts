import { ServerError } from '../server-error.ts'
import { MAX_INTEGER_BYTES, readIntegers, writeInteger } from './leb128.ts'
import { SAMPLE_WIDTH } from './observation.ts'
import { DAY_MS, firstOfWeek, utcDay } from './utc-day.ts'

export { DAY_MS, utcDay } from './utc-day.ts'

/**
 * The stored form of a unit's samples.
 *
 *     byte 0    version, 1
 *     then, for each sample, eight unsigned LEB128 integers:
 *               milliseconds since the sample before it (the first: since midnight UTC of the bucket's first day),
 *               the other seven fields in the order of `SampleField`
 *
 * Always true
 * - Samples ascend, compared field by field, and an integer has one encoding: equal sets have equal bytes.
 * - No samples, no bytes: an empty array asks the store to remove the row.
 * - A reader that does not know the version refuses the row. Rows are a projection of the stored events, so any row can
 *   be made again from them.
 *
 * A typical sample takes 20 bytes; eight doubles would take 64.
 */
const VERSION = 1

/** The versions of the other stored form, of units that are sketched: `sketched-codec.ts`. */
export const SKETCHED_VERSION = 3
export const OLD_SKETCHED_VERSION = 2

/** Where a row is written before its length is known: a fresh one each time would be most of the work. */
let room = new Uint8Array(0)

/** Encodes ascending samples that all arrived in the bucket that begins on `day`. */
export function encodeSamples(samples: Float64Array, day: number): Uint8Array {
  if (samples.length === 0) return new Uint8Array()

  const mostBytes = 1 + MAX_INTEGER_BYTES * samples.length
  if (room.length < mostBytes) room = new Uint8Array(mostBytes)
  room[0] = VERSION
  let end = 1
  let previousMs = day * DAY_MS
  for (let start = 0; start < samples.length; start += SAMPLE_WIDTH) {
    const arrivedMs = samples[start] as number
    end = writeInteger(arrivedMs - previousMs, room, end)
    previousMs = arrivedMs
    for (let index = start + 1; index < start + SAMPLE_WIDTH; index++)
      end = writeInteger(samples[index] as number, room, end)
  }
  return room.slice(0, end)
}

/** Decodes what `encodeSamples` wrote. Throws a `ServerError` on anything else. */
export function decodeSamples(bytes: Uint8Array, day: number): Float64Array {
  if (bytes.length === 0) return new Float64Array()
  if (bytes[0] !== VERSION) {
    throw new ServerError(
      'SCHEMA_TOO_NEW',
      `stored prediction samples have version ${bytes[0]}, this server knows ${VERSION} to ${SKETCHED_VERSION}`,
      { hint: 'Start the newer server again, or rebuild the predictions from the stored events.' },
    )
  }

  const samples = readIntegers(bytes, 1)
  if (samples === undefined) throw unreadableUnit()
  let previousMs = day * DAY_MS
  for (let index = 0; index < samples.length; index += SAMPLE_WIDTH) {
    previousMs += samples[index] as number
    samples[index] = previousMs
  }
  if (samples.length % SAMPLE_WIDTH !== 0 || !mayHold(day, utcDay(previousMs))) throw unreadableUnit()
  return samples
}

/** Whether the bucket that begins on a day may hold samples of another one: it may be a day or, from its first day on, a week. */
function mayHold(bucket: number, day: number): boolean {
  return bucket === day || bucket === firstOfWeek(day)
}

/** A stored unit that is not as any version of ours writes it. */
export function unreadableUnit(): ServerError {
  return new ServerError(
    'STORE_DAMAGED',
    'stored prediction samples are cut short or belong to another day',
    { hint: 'Rebuild the predictions from the stored events.' },
  )
}
