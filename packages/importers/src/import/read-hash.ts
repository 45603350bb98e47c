import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'

const PROBE_BYTES = 1024

/**
 * A hash of the beginning and the end of what was read of a file. If it is still the same, the file has only grown;
 * comparing everything would take as long as reading it again.
 */
export function readHash(file: number, readBytes: number): string {
  const hash = createHash('sha256')
  const length = Math.min(PROBE_BYTES, readBytes)
  const probe = Buffer.alloc(length)
  for (const place of [0, readBytes - length]) {
    const count = readSync(file, probe, 0, length, place)
    hash.update(probe.subarray(0, count))
  }
  return hash.digest('base64')
}
