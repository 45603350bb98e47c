import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'

import { ServerError } from '../../server-error.ts'

/**
 * SQLite reads its write-ahead log up to the first frame whose checksum is wrong and takes the rest for what a crash has
 * left unfinished. After a crash that is right. Where the disk has damaged an older frame it is not: everything committed
 * after that frame would be overwritten without a word. This tells the two apart.
 *
 * Every commit waits for the disk before the next one begins, so a crash leaves at most one commit behind the first wrong
 * frame. Two or more mean damage. Damage in the last commit of all looks like a crash and stays unseen.
 *
 * The log: a header of 32 bytes, then frames of 24 bytes and a page. All numbers are big-endian; the checksum goes on from
 * frame to frame, so each frame is checked against what the one before it says of itself.
 */

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
const SMALLEST_PAGE_BYTES = 512
/** The last bit says in which order the bytes of a word are summed up. */
const MAGIC = 0x377f0682

type Sum = readonly [number, number]

/**
 * Call while nobody writes to the database.
 *
 * @throws ServerError where a write-ahead log is damaged so that SQLite would drop what was committed.
 */
export function refuseDamagedLog(databaseFile: string): void {
  const log = `${databaseFile}-wal`
  if (!existsSync(log)) return
  const handle = openSync(log, 'r')
  try {
    if (commitsBehindDamage(handle) < 2) return
  } finally {
    closeSync(handle)
  }
  throw new ServerError('STORE_DAMAGED', `${log} is damaged, and what was committed last would be lost`, {
    hint:
      'Put a backup in its place: mosaic-telemetry restore FILE; the damaged files are kept. To go on without what the ' +
      'log holds behind the damage, copy both files first, then open and close the database with any SQLite tool.',
  })
}

/** Commits that stand, whole, behind the first frame that is not. */
function commitsBehindDamage(handle: number): number {
  const header = read(handle, 0, HEADER_BYTES)
  const sizeBytes = fstatSync(handle).size
  if (header === undefined) return 0
  const isLittleEndian = header.getUint32(0) === MAGIC
  const pageBytes = header.getUint32(8)
  let before: Sum = [header.getUint32(24), header.getUint32(28)]
  const isOfOurKind = (header.getUint32(0) & ~1) >>> 0 === MAGIC
  if (!isOfOurKind || !isSame(sumOf(header, 0, 24, isLittleEndian, [0, 0]), before)) {
    // A header is on the disk before any frame; without it SQLite takes none of them.
    return sizeBytes > HEADER_BYTES + FRAME_HEADER_BYTES + SMALLEST_PAGE_BYTES ? Infinity : 0
  }

  let isBehindDamage = false
  let commits = 0
  const frameBytes = FRAME_HEADER_BYTES + pageBytes
  for (let at = HEADER_BYTES; at + frameBytes <= sizeBytes; at += frameBytes) {
    const frame = read(handle, at, frameBytes)
    if (frame === undefined || !hasSaltOf(header, frame)) break // of an earlier round of the log
    const own: Sum = [frame.getUint32(16), frame.getUint32(20)]
    const start = sumOf(frame, 0, 8, isLittleEndian, before)
    const isWhole = isSame(sumOf(frame, FRAME_HEADER_BYTES, frameBytes, isLittleEndian, start), own)
    const isCommit = frame.getUint32(4) !== 0
    if (!isWhole) isBehindDamage = true
    else if (isBehindDamage && isCommit) commits++
    before = own
  }
  return commits
}

function read(handle: number, at: number, bytes: number): DataView | undefined {
  const buffer = new Uint8Array(bytes)
  return readSync(handle, buffer, 0, bytes, at) === bytes ? new DataView(buffer.buffer) : undefined
}

function hasSaltOf(header: DataView, frame: DataView): boolean {
  return header.getUint32(16) === frame.getUint32(8) && header.getUint32(20) === frame.getUint32(12)
}

function isSame(a: Sum, b: Sum): boolean {
  return a[0] === b[0] && a[1] === b[1]
}

function sumOf(bytes: DataView, from: number, to: number, isLittleEndian: boolean, start: Sum): Sum {
  let [first, second] = start
  for (let at = from; at < to; at += 8) {
    first = (first + bytes.getUint32(at, isLittleEndian) + second) >>> 0
    second = (second + bytes.getUint32(at + 4, isLittleEndian) + first) >>> 0
  }
  return [first, second]
}
