import { PbfReader } from 'pbf'

import type { ProtobufMessage, ProtobufType } from './protobuf-messages.ts'

/** What a message decodes to: the shape of its JSON form. */
export type DecodedMessage = { [name: string]: unknown }

/** Wire types that hold the scalar types; a field of another type than its message says is skipped as unknown. */
const WIRE_TYPES: Readonly<Record<ProtobufType, number>> = {
  bool: 0,
  int64: 0,
  fixed64: 1,
  sfixed64: 1,
  double: 1,
  string: 2,
  hex: 2,
}
const LENGTH_DELIMITED = 2

/**
 * Decodes a protobuf message. pbf trusts the lengths that it reads, and a length of four billion would keep it busy for
 * as many rounds; so every length is held against what is there, and every message has to end where it said.
 *
 * @returns `undefined` where the bytes are no such message.
 */
export function decodeProtobuf(bytes: Uint8Array, message: ProtobufMessage): DecodedMessage | undefined {
  const reader = new PbfReader(bytes)
  try {
    const decoded = decodeUntil(reader, message, bytes.length)
    return reader.pos === bytes.length ? decoded : undefined
  } catch {
    return undefined // pbf throws at varints that are too long, at groups, and where numbers are cut off
  }
}

function decodeUntil(reader: PbfReader, message: ProtobufMessage, end: number): DecodedMessage {
  const decoded: DecodedMessage = {}
  reader.readFields(
    (fieldNumber) => {
      const field = message[fieldNumber]
      if (field === undefined) return
      const value =
        typeof field.type === 'string'
          ? readScalar(reader, field.type, end)
          : readNested(reader, field.type, end)
      if (value === undefined) return
      if (field.isRepeated) ((decoded[field.name] ??= []) as unknown[]).push(value)
      else decoded[field.name] = value
    },
    undefined,
    end,
  )
  if (reader.pos !== end) throw new RangeError('a message does not end where it said')
  return decoded
}

function readNested(reader: PbfReader, message: ProtobufMessage, end: number): DecodedMessage | undefined {
  if (reader.type !== LENGTH_DELIMITED) return undefined
  const length = reader.readVarint()
  return decodeUntil(reader, message, endWithin(reader.pos + length, end))
}

function readScalar(reader: PbfReader, type: ProtobufType, end: number): unknown {
  if (reader.type !== WIRE_TYPES[type]) return undefined
  switch (type) {
    case 'bool':
      return reader.readBoolean()
    case 'int64':
      return reader.readVarint(true)
    case 'fixed64':
      return reader.readFixed64()
    case 'sfixed64':
      return reader.readSFixed64()
    case 'double':
      return reader.readDouble()
    case 'string':
    case 'hex': {
      const bytes = reader.readBytes()
      endWithin(reader.pos, end)
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
        type === 'hex' ? 'hex' : 'utf8',
      )
    }
  }
}

function endWithin(inner: number, outer: number): number {
  if (inner > outer) throw new RangeError('a length reaches beyond its message')
  return inner
}
