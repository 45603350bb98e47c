import fc from 'fast-check'
import { PbfWriter } from 'pbf'
import { expect, it } from 'vitest'

import { decodeProtobuf } from './decode-protobuf.ts'
import type { ProtobufMessage } from './protobuf-messages.ts'

const message: ProtobufMessage = {
  1: { name: 'text', type: 'string' },
  2: { name: 'numbers', type: 'int64', isRepeated: true },
  3: { name: 'inner', type: { 1: { name: 'id', type: 'hex' }, 4: { name: 'share', type: 'double' } } },
  7: { name: 'isTrue', type: 'bool' },
}

it('decodes what its table names, and skips every other field', () => {
  const bytes = write((writer) => {
    writer.writeStringField(99, 'unknown')
    writer.writeStringField(1, 'größer')
    writer.writeVarintField(2, 300)
    writer.writeVarintField(2, -1)
    writer.writeFixed32Field(50, 7)
    writer.writeMessage(3, writeInner, undefined)
    writer.writeBooleanField(7, true)
    writer.writeDoubleField(51, 1)
  })

  const decoded = decodeProtobuf(bytes, message)

  expect(decoded).toEqual({
    text: 'größer',
    numbers: [300, -1],
    inner: { id: '00ff', share: 0.5 },
    isTrue: true,
  })
})

it('decodes no bytes as an empty message', () => {
  expect(decodeProtobuf(new Uint8Array(), message)).toEqual({})
})

it('skips a field whose wire type is not that of its table', () => {
  const bytes = write((writer) => {
    writer.writeVarintField(1, 5)
    writer.writeStringField(2, 'five')
    writer.writeVarintField(3, 5)
    writer.writeBooleanField(7, false)
  })

  expect(decodeProtobuf(bytes, message)).toEqual({ isTrue: false })
})

it.each([
  ['a length beyond the end', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ['an inner length beyond its message', [0x1a, 0x02, 0x0a, 0x05, 0x00, 0x00, 0x00]],
  ['a length without what it counts', [0x0a, 0x05, 0x41]],
  ['a skipped length beyond the end', [0x9a, 0x06, 0x7f]],
  ['a varint without an end', [0x10, 0x80]],
  ['a varint that is too long', [0x10, ...Array.from({ length: 11 }, () => 0x80), 0x01]],
  ['a double that is cut off', [0x1a, 0x03, 0x21, 0x00, 0x00]],
  ['a group', [0x0b, 0x0c]],
  ['field number 0', [0x00, 0x01, 0x41]],
])('refuses %s', (_, bytes) => {
  expect(decodeProtobuf(Uint8Array.from(bytes), message)).toBeUndefined()
})

it('ends on any bytes, and soon', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const decoded = decodeProtobuf(bytes, message)

      expect(decoded === undefined || typeof decoded === 'object').toBe(true)
    }),
    { numRuns: 2000, interruptAfterTimeLimit: 5000, markInterruptAsFailure: true },
  )
})

function write(fill: (writer: PbfWriter) => void): Uint8Array {
  const writer = new PbfWriter()
  fill(writer)
  return writer.finish()
}

function writeInner(_: undefined, writer: PbfWriter): void {
  writer.writeBytesField(1, Uint8Array.of(0, 255))
  writer.writeDoubleField(4, 0.5)
}
