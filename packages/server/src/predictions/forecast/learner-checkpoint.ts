import { createHash } from 'node:crypto'

import { decodeWhole } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

/**
 * Everything that a learner knows, as bytes: a restart goes on from them as if there had been none.
 *
 *     integer   version, 1
 *     text      settings under which it was learned
 *     integers  events learned, events since the last fit, newest day
 *     section   the sums: `unit-columns-codec.ts`
 *     section   how forecasts turned out: `checkpoint.ts`
 *     section   the standing forecast, by which the next event is judged: `published-forecast-codec.ts`; empty before any
 *     16 bytes  the beginning of the SHA-256 of all of that
 *
 * One that is damaged, of another version or learned under other settings is of no use: the events are learned again.
 * Whoever stores it stores with it the position of the last event that it knows.
 */
export interface LearnerCheckpoint {
  readonly settings: string
  readonly events: number
  readonly eventsSinceFit: number
  /** UTC days since 1970. */
  readonly newestDay: number
  readonly units: Uint8Array
  readonly softState: Uint8Array
  readonly standing: Uint8Array
}

const VERSION = 1
const DIGEST_BYTES = 16

export function encodeLearnerCheckpoint(checkpoint: LearnerCheckpoint): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  writer.integer(VERSION)
  writer.text(checkpoint.settings)
  writer.integer(checkpoint.events)
  writer.integer(checkpoint.eventsSinceFit)
  writer.integer(checkpoint.newestDay)
  for (const part of [checkpoint.units, checkpoint.softState, checkpoint.standing]) writer.section(part)
  const content = writer.finish()
  const sealed = new Uint8Array(content.length + DIGEST_BYTES)
  sealed.set(content)
  sealed.set(digest(content), content.length)
  return sealed
}

/** Undefined where the bytes are damaged or of another version. */
export function decodeLearnerCheckpoint(bytes: Uint8Array): LearnerCheckpoint | undefined {
  const content = bytes.subarray(0, Math.max(0, bytes.length - DIGEST_BYTES))
  if (Buffer.compare(digest(content), bytes.subarray(content.length)) !== 0) return undefined
  return decodeWhole(content, (reader) =>
    reader.integer() !== VERSION
      ? undefined
      : {
          settings: reader.text(),
          events: reader.integer(),
          eventsSinceFit: reader.integer(),
          newestDay: reader.integer(),
          units: reader.section(),
          softState: reader.section(),
          standing: reader.section(),
        },
  )
}

function digest(content: Uint8Array): Uint8Array {
  return createHash('sha256').update(content).digest().subarray(0, DIGEST_BYTES)
}
