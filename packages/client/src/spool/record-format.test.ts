import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { crc32, crc32ByTable } from './crc32.ts'
import { encodeRecord, scanRecords } from './record-format.ts'

const NOW = Date.UTC(2026, 0, 1)

function encodeAll(jsons: readonly string[]): Buffer {
  return Buffer.concat(jsons.map((json) => Buffer.from(encodeRecord(json, NOW))))
}

function decodeAll(bytes: Buffer): string[] {
  return scanRecords(bytes).records.map(({ end, start }) => bytes.toString('utf8', start, end))
}

/** Some records, as JSON texts, with whatever Unicode there is in them. */
const someRecords = fc.array(
  fc.record({ id: fc.nat(), text: fc.string({ unit: 'binary' }) }).map((record) => JSON.stringify(record)),
  { minLength: 1, maxLength: 12 },
)

describe('the record format', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(someRecords, (jsons) => {
        const bytes = encodeAll(jsons)

        expect(decodeAll(bytes)).toEqual(jsons)
        expect(scanRecords(bytes).damaged).toBe(0)
      }),
    )
  })

  it('has a line that people can read', () => {
    const line = encodeRecord('{"id":1}', NOW).toString()

    expect(line).toMatch(/^[0-9a-f]{8} 00000016 1767225600000 \{"id":1\}\n$/)
  })

  it('reads every whole record of any prefix', () => {
    fc.assert(
      fc.property(
        someRecords,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (jsons, share) => {
          const bytes = encodeAll(jsons)
          const prefix = bytes.subarray(0, Math.floor(bytes.length * share))

          const found = decodeAll(prefix)

          expect(found).toEqual(jsons.slice(0, found.length))
          expect(encodeAll(jsons.slice(0, found.length + 1)).length).toBeGreaterThan(prefix.length)
        },
      ),
    )
  })

  it('loses no more than the one record in which a byte is flipped, and never reads a damaged one', () => {
    fc.assert(
      fc.property(
        someRecords,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 255 }),
        (jsons, share, flip) => {
          const bytes = encodeAll(jsons)
          const at = Math.floor(bytes.length * share)
          bytes[at] = bytes[at]! ^ flip
          const hit = scanRecords(encodeAll(jsons)).records.findIndex(({ end }) => at <= end)

          const found = decodeAll(bytes)

          const isNewline = found.length === jsons.length
          expect(found).toEqual(isNewline ? jsons : jsons.filter((_, index) => index !== hit))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('finds nothing in noise, and ends', () => {
    const noise = randomBytes(200_000)

    expect(scanRecords(noise).records).toEqual([])
  })

  it('has the same checksum with and without a native one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(crc32ByTable(bytes)).toBe(crc32(bytes))
      }),
    )
    expect(crc32ByTable(Buffer.from('123456789'))).toBe(0xcbf43926)
  })
})
