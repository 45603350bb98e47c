import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

import { shortHash, thisProcess } from './process-identity.ts'
import { scanRecords } from './record-format.ts'
import { NOBODY, parseSegmentName, type SegmentOwner } from './segment-name.ts'
import { STALE_MS } from './spool-directory.ts'

/** Who has a segment's records in its care. `nobody`: whoever asks next. */
export type SegmentKeeper =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'process'; readonly pid: number }
  /** Another machine or container, which has shown within thirty seconds that it lives. */
  | { readonly kind: 'elsewhere' }

export interface SegmentReport {
  /** The same for all records of one server and instance; see `destinationId`. */
  readonly destination: string
  readonly keeper: SegmentKeeper
  readonly records: number
  readonly bytes: number
  /** Milliseconds since 1970; undefined where no record can be read. */
  readonly oldestMs: number | undefined
}

export interface SpoolReport {
  /** The absolute path. */
  readonly directory: string
  readonly exists: boolean
  /** Whether records can be kept there, or the directory can be made. */
  readonly isWritable: boolean
  readonly segments: readonly SegmentReport[]
  /** Records that were refused for good, and the reason of the last one. */
  readonly deadLetters: number
  readonly lastReason: string | undefined
}

/** Reads what waits in a spool directory, and changes nothing. Records that are delivered meanwhile may be missed. */
export function inspectSpool(directory: string): SpoolReport {
  const path = resolve(directory)
  const names = orElse(() => readdirSync(path), undefined)
  return {
    directory: path,
    exists: names !== undefined,
    isWritable: isWritable(path),
    segments: (names ?? []).flatMap((name) => inspectSegment(path, name) ?? []),
    ...inspectDeadLetters(path),
  }
}

/** What a segment's name says of its destination. */
export function destinationId(destination: string): string {
  return shortHash(destination)
}

function inspectSegment(directory: string, file: string): SegmentReport | undefined {
  const name = parseSegmentName(file)
  if (name === undefined) return undefined
  return orElse(() => {
    const path = join(directory, file)
    const bytes = readFileSync(path)
    const { records } = scanRecords(bytes)
    return {
      destination: name.destination,
      keeper: keeperOf(name.owner, statSync(path).mtimeMs),
      records: records.length,
      bytes: bytes.length,
      oldestMs: records[0]?.writtenMs,
    }
  }, undefined)
}

function keeperOf(owner: SegmentOwner, changedMs: number): SegmentKeeper {
  const self = thisProcess()
  if (owner.pid === NOBODY.pid || self.isGone(owner) || Date.now() - changedMs > STALE_MS)
    return { kind: 'nobody' }
  return owner.host === self.host ? { kind: 'process', pid: owner.pid } : { kind: 'elsewhere' }
}

function inspectDeadLetters(directory: string): Pick<SpoolReport, 'deadLetters' | 'lastReason'> {
  const files = ['dead-letter.1.ndjson', 'dead-letter.ndjson'].map((file) => join(directory, file))
  const lines = files.flatMap((file) =>
    orElse(() => readFileSync(file, 'utf8'), '')
      .split('\n')
      .slice(0, -1),
  )
  const last = lines.at(-1)
  const reason =
    last === undefined ? undefined : orElse(() => (JSON.parse(last) as { reason: string }).reason, undefined)
  return { deadLetters: lines.length, lastReason: reason }
}

/** Asks of the directory, or of the nearest one above that is there. */
function isWritable(path: string): boolean {
  const stat = orElse(() => statSync(path), undefined)
  if (stat === undefined) return dirname(path) !== path && isWritable(dirname(path))
  return (
    stat.isDirectory() && orElse(() => accessSync(path, constants.W_OK | constants.X_OK) === undefined, false)
  )
}

function orElse<Value, Other>(read: () => Value, other: Other): Value | Other {
  try {
    return read()
  } catch {
    return other
  }
}
