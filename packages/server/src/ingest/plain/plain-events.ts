import {
  MAX_CLOCK_LEAD_MS,
  MAX_EVENTS_PER_BATCH,
  SCHEMA_VERSION,
} from '@mosaicstack/telemetry-client/protocol'

import { columnIndex, EVENT_STRIDE } from '../../storage/event-columns.ts'
import { type EventRows, type RowsOwner, RowsUnderWay } from '../../storage/event-rows.ts'
import { UUID_BYTES, UUID_LENGTH, writeUuid } from '../../storage/uuid-bytes.ts'
import { ByteToken } from './byte-token.ts'
import { KnownTexts } from './known-texts.ts'
import { MIN_PLAIN_EVENT_BYTES, type PlainField, plainFields, PlainKind } from './plain-fields.ts'
import {
  afterSpaces,
  endOfText,
  NOT_PLAIN,
  readInteger,
  readNumber,
  readOneOf,
  readTimestamp,
} from './plain-values.ts'

/** The field "before" the first one of an event. */
const START = plainFields.length

/** One bare event, or `{"events": […]}`. */
export type Envelope = 'event' | 'batch'

export interface PlainEvents {
  readonly rows: EventRows
  /** As they came, by row. */
  readonly eventIds: readonly string[]
}

/** A body on its way into rows. */
interface Reading {
  readonly bytes: Buffer
  readonly view: DataView
  /** The id of the key's own instance, quoted. */
  readonly instance: ByteToken
  readonly receivedAtMs: number
  readonly maxTimestampUs: number
  readonly rows: RowsUnderWay
  readonly maxEvents: number
  /** Of the rows so far, as texts. */
  readonly eventIds: string[]
}

/**
 * The fast path of ingest: from the bytes of a body to rows, in one pass.
 *
 * Nearly every body is plain, which is as our clients write it: valid events of the key's own instance, no field that
 * the schema does not have and none twice, whole numbers, printable ASCII without escapes, at most spaces in between.
 * Fields may come in any order. Reading such an event takes two thirds of what `JSON.parse`, validation and flattening
 * take, and leaves next to nothing to the garbage collector.
 *
 * Whatever is not plain is no error. It is read by `JSON.parse` and the validator, which alone decide what is wrong with
 * it. So this may refuse as it likes, and may take nothing that they would refuse or read in another way.
 */
export class PlainEventReader {
  /** The member that came last in each field. The next event often has the same. */
  readonly #lastMembers = new Uint8Array(plainFields.length)
  /** The field that came last after each, and at `START` the first of an event. */
  readonly #followers = Uint8Array.from({ length: START + 1 }, (_, number) => (number + 1) % (START + 1))
  readonly #texts = new KnownTexts()
  /** The quoted ids of instances: making one takes as long as reading an event. */
  readonly #instances = new WeakMap<RowsOwner, ByteToken>()

  /** @returns `undefined` where the body is not plain. */
  read(bytes: Buffer, envelope: Envelope, owner: RowsOwner, receivedAtMs: number): PlainEvents | undefined {
    const mostEvents = envelope === 'event' ? 1 : MAX_EVENTS_PER_BATCH
    const maxEvents = Math.min(mostEvents, Math.floor(bytes.length / MIN_PLAIN_EVENT_BYTES))
    const reading: Reading = {
      bytes,
      view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
      instance: this.#instanceOf(owner),
      receivedAtMs,
      maxTimestampUs: (receivedAtMs + MAX_CLOCK_LEAD_MS) * 1000,
      rows: new RowsUnderWay(maxEvents),
      maxEvents,
      eventIds: [],
    }
    const end = envelope === 'event' ? this.#readEvent(reading, 0) : this.#readBatch(reading)
    if (end === NOT_PLAIN || !isBlankFrom(bytes, end)) return undefined
    return { rows: reading.rows.of(owner), eventIds: reading.eventIds }
  }

  #instanceOf(owner: RowsOwner): ByteToken {
    const known = this.#instances.get(owner)
    if (known !== undefined) return known
    const instance = new ByteToken(`"${owner.instanceId}"`)
    this.#instances.set(owner, instance)
    return instance
  }

  #readBatch(reading: Reading): number {
    const { bytes, view } = reading
    if (bytes[0] !== OPEN_BRACE || !EVENTS.isAt(1, view)) return NOT_PLAIN
    let at = afterSpaces(bytes, 1 + EVENTS.length)
    if (bytes[at] !== OPEN_BRACKET) return NOT_PLAIN
    do {
      at = this.#readEvent(reading, afterSpaces(bytes, at + 1))
      if (at === NOT_PLAIN) return NOT_PLAIN
    } while (bytes[at] === COMMA)
    if (bytes[at] !== CLOSE_BRACKET) return NOT_PLAIN
    at = afterSpaces(bytes, at + 1)
    return bytes[at] === CLOSE_BRACE ? at + 1 : NOT_PLAIN
  }

  /** Reads an event and the spaces behind it. */
  #readEvent(reading: Reading, from: number): number {
    const { bytes, view, rows, maxEvents } = reading
    if (rows.count === maxEvents || bytes[from] !== OPEN_BRACE) return NOT_PLAIN
    let seen = 0
    let absent = 0
    let before = START
    let at = from
    do {
      at = afterSpaces(bytes, at + 1)
      const field = this.#fieldAt(view, at, before)
      if (field === undefined || (seen & field.bit) !== 0) return NOT_PLAIN
      seen |= field.bit
      before = field.number
      at = afterSpaces(bytes, at + field.key.length)
      if (bytes[at] === LETTER_N && NULL.isAt(at, view)) {
        absent |= field.bit
        at += NULL.length
      } else {
        at = this.#readValue(field, reading, at)
        if (at === NOT_PLAIN) return NOT_PLAIN
      }
      at = afterSpaces(bytes, at)
    } while (bytes[at] === COMMA)
    if (bytes[at] !== CLOSE_BRACE || !completeRow(reading, seen & ~absent)) return NOT_PLAIN
    rows.keepRow()
    return afterSpaces(bytes, at + 1)
  }

  /** The field whose name stands at a place. */
  #fieldAt(view: DataView, at: number, before: number): PlainField | undefined {
    const guess = plainFields[this.#followers[before] as number]
    if (guess?.key.isAt(at, view) === true) return guess
    const field = plainFields.find(({ key }) => key.isAt(at, view))
    if (field !== undefined) this.#followers[before] = field.number
    return field
  }

  /** Reads a value into the row, as the place in a reader of values. */
  #readValue(field: PlainField, reading: Reading, at: number): number {
    const { bytes, view, rows } = reading
    const { values } = rows
    const to = rows.count * EVENT_STRIDE + field.column
    switch (field.kind) {
      case PlainKind.INTEGER:
        return readInteger(bytes, at, field, values, to)
      case PlainKind.NUMBER:
        return readNumber(bytes, at, field, values, to)
      case PlainKind.FLAG:
        return readOneOf(view, at, FLAGS, 1, values, to)
      case PlainKind.TIMESTAMP:
        return readTimestamp(bytes, at, reading.maxTimestampUs, values, to)
      case PlainKind.MEMBER:
        return this.#readMember(field, view, at, values, to)
      case PlainKind.GATES:
        return readGates(field, reading, at, to)
      case PlainKind.TEXT:
        return this.#readText(field, reading, at, to)
      case PlainKind.EVENT_ID:
        return readEventId(reading, at)
      case PlainKind.INSTANCE:
        return reading.instance.isAt(at, view) ? at + reading.instance.length : NOT_PLAIN
      case PlainKind.SCHEMA_VERSION:
        return VERSION.isAt(at, view) ? at + VERSION.length : NOT_PLAIN
    }
  }

  #readMember(field: PlainField, view: DataView, at: number, values: Float64Array, to: number): number {
    const end = readOneOf(view, at, field.members, this.#lastMembers[field.number] as number, values, to)
    if (end !== NOT_PLAIN) this.#lastMembers[field.number] = values[to] as number
    return end
  }

  #readText({ min, max }: PlainField, { bytes, view, rows }: Reading, at: number, to: number): number {
    const end = endOfText(bytes, at)
    const length = end - at - 1
    if (end === NOT_PLAIN || length < min || length > max) return NOT_PLAIN
    rows.values[to] = rows.placeOf(this.#texts.textAt(bytes, view, at, end))
    return end + 1
  }
}

/** Reads an id; its text is needed for the answer anyway. */
function readEventId({ bytes, rows, eventIds }: Reading, at: number): number {
  const end = at + 1 + UUID_LENGTH
  if (bytes[at] !== QUOTE || bytes[end] !== QUOTE) return NOT_PLAIN
  const eventId = bytes.toString('latin1', at + 1, end)
  if (!writeUuid(rows.eventIds, rows.count * UUID_BYTES, eventId)) return NOT_PLAIN
  eventIds.push(eventId)
  return end + 1
}

/** Reads a list of gates as bits. */
function readGates(
  { members }: PlainField,
  { bytes, view, rows }: Reading,
  from: number,
  to: number,
): number {
  if (bytes[from] !== OPEN_BRACKET) return NOT_PLAIN
  let at = afterSpaces(bytes, from + 1)
  let mask = 0
  let guess = 0
  while (bytes[at] !== CLOSE_BRACKET) {
    if (mask !== 0) {
      if (bytes[at] !== COMMA) return NOT_PLAIN
      at = afterSpaces(bytes, at + 1)
    }
    at = readOneOf(view, at, members, guess, rows.values, to)
    if (at === NOT_PLAIN) return NOT_PLAIN
    const gate = rows.values[to] as number
    mask |= 1 << gate
    guess = gate + 1
    at = afterSpaces(bytes, at)
  }
  rows.values[to] = mask
  return at + 1
}

/** Fills in what the event leaves out. Returns whether that is all optional. */
function completeRow({ rows, receivedAtMs }: Reading, present: number): boolean {
  if ((present & REQUIRED) !== REQUIRED) return false
  const start = rows.count * EVENT_STRIDE
  rows.values[start + RECEIVED_AT_MS] = receivedAtMs
  if (present === ALL) return true
  for (const { bit, kind, column, absent } of OPTIONAL_COLUMNS) {
    if ((present & bit) !== 0) continue
    rows.values[start + column] = kind === PlainKind.TIMESTAMP ? receivedAtMs * 1000 : absent
  }
  return true
}

/** Whether nothing but white space is left. */
function isBlankFrom(bytes: Buffer, start: number): boolean {
  for (let at = start; at < bytes.length; at++) if (!WHITE_SPACE.has(bytes[at] as number)) return false
  return true
}

function bitsOf(fields: readonly PlainField[]): number {
  return fields.reduce((bits, { bit }) => bits | bit, 0)
}

const ALL = bitsOf(plainFields)
const REQUIRED = bitsOf(plainFields.filter(({ isRequired }) => isRequired))
const OPTIONAL_COLUMNS = plainFields.filter(({ isRequired, column }) => !isRequired && column >= 0)

const EVENTS = new ByteToken('"events":')
const VERSION = new ByteToken(`"${SCHEMA_VERSION}"`)
const NULL = new ByteToken('null')
/** By their stored value. */
const FLAGS = [new ByteToken('false'), new ByteToken('true')]

const RECEIVED_AT_MS = columnIndex.received_at_ms

const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])
const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const LETTER_N = 0x6e
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
