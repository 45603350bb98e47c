import { eventFields, MAX_EVENTS_PER_BATCH } from '@mosaicstack/telemetry-client/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { columnIndex, EVENT_STRIDE, wordColumns } from '../../storage/event-columns.ts'
import { EventFlattener, type EventRows } from '../../storage/event-rows.ts'
import { anEvent, eventId } from '../../testing/an-event.ts'
import { NOW_MS } from '../../testing/an-observation.ts'
import { type Envelope, PlainEventReader, type PlainEvents } from './plain-events.ts'

const DAY_MS = 86_400_000
const owner = { instanceId: 'abcdef00-0000-4000-8000-000000000000', instanceNo: 1 }
const plain = {
  ...anEvent({ instance_id: owner.instanceId, event_id: eventId(1) }),
  schema_version: '1.0',
  timestamp: new Date(NOW_MS).toISOString(),
  quality_gates_run: ['build', 'lint', 'test'],
  quality_gates_failed: ['lint'],
  context_utilization_final: 0.4,
  language: 'TypeScript',
  repo_size_category: 'medium',
}

it('reads a batch as our clients write it', () => {
  const events = [plain, { ...plain, event_id: eventId(2), model: 'other', retry_count: 20 }]

  const read = readPlain(JSON.stringify({ events }), 'batch')

  expect(read?.eventIds).toEqual([eventId(1), eventId(2)])
  expect(read && spelledOut(read.rows)).toEqual(flattened(events))
})

it('reads a bare event as our clients write it', () => {
  const read = readPlain(JSON.stringify(plain), 'event')

  expect(read && spelledOut(read.rows)).toEqual(flattened([plain]))
})

it.each([
  ['fields in another order', JSON.stringify(Object.fromEntries(Object.entries(plain).toReversed()))],
  ['spaces as other languages put them', withSpaces(plain)],
  ['nothing of what is optional', JSON.stringify(withoutOptional(plain))],
  [
    'null for what is optional',
    JSON.stringify({ ...plain, timestamp: null, language: null, quality_gates_run: null }),
  ],
  ['a number with many digits', JSON.stringify({ ...plain, context_utilization_final: 0.1 + 0.2 })],
  ['a timestamp with offset', JSON.stringify({ ...plain, timestamp: '2026-01-31T09:30:00.000001+05:30' })],
  ['a line end behind it', `${JSON.stringify(plain)}\r\n`],
])('reads an event with %s', (_, body) => {
  const read = readPlain(body, 'event')

  expect(read && spelledOut(read.rows)).toEqual(flattened([JSON.parse(body)]))
})

it.each([
  ['a field that is there twice', `${JSON.stringify(plain).slice(0, -1)},"retry_count":1}`],
  ['a field that the schema does not have', JSON.stringify({ ...plain, mood: 'good' })],
  ['an escape', JSON.stringify({ ...plain, model: 'a"b' })],
  ['a letter beyond ASCII', JSON.stringify({ ...plain, model: 'gpt-é' })],
  ['an exponent', JSON.stringify(plain).replace('"retry_count":0', '"retry_count":0e0')],
  ['a leading zero', JSON.stringify(plain).replace('"retry_count":0', '"retry_count":00')],
  ['a minus', JSON.stringify(plain).replace('"retry_count":0', '"retry_count":-0')],
  ['no event_id', JSON.stringify({ ...plain, event_id: null })],
  ['the id of another instance', JSON.stringify({ ...plain, instance_id: eventId(9) })],
  ['a later schema of the same major', JSON.stringify({ ...plain, schema_version: '1.7' })],
  ['something behind it', `${JSON.stringify(plain)}x`],
  ['its end missing', JSON.stringify(plain).slice(0, -1)],
])('leaves an event with %s to JSON.parse and the validator', (_, body) => {
  expect(readPlain(body, 'event')).toBeUndefined()
})

it.each([
  ['no event', { events: [] }],
  [
    'more events than a request may bring',
    { events: Array.from({ length: MAX_EVENTS_PER_BATCH + 1 }, () => plain) },
  ],
  ['one bad event', { events: [plain, { ...plain, retry_count: 21 }] }],
  ['something beside its events', { events: [plain], more: 1 }],
])('leaves a batch with %s', (_, body) => {
  expect(readPlain(JSON.stringify(body), 'batch')).toBeUndefined()
})

it('reads no byte outside the body', () => {
  const body = JSON.stringify(plain)
  const around = Buffer.from(`${body}${body}`)

  for (let length = 0; length < body.length; length++) {
    expect(new PlainEventReader().read(around.subarray(0, length), 'event', owner, NOW_MS)).toBeUndefined()
  }
  expect(
    new PlainEventReader().read(around.subarray(0, body.length), 'event', owner, NOW_MS)?.rows.count,
  ).toBe(1)
})

it('takes nothing that JSON.parse and the validator refuse or read in another way', () => {
  const reader = new PlainEventReader()
  let taken = 0
  fc.assert(
    fc.property(aBody(), ({ envelope, bytes }) => {
      const read = reader.read(bytes, envelope, owner, NOW_MS)

      if (read === undefined) return
      taken++
      const json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
      const events = envelope === 'batch' ? json.events : [json]
      expect(spelledOut(read.rows)).toEqual(flattened(events))
      expect(read.eventIds).toEqual(events.map((event: typeof plain) => event.event_id))
    }),
    { numRuns: 20_000 },
  )
  expect(taken).toBeGreaterThan(2000)
})

/** Bodies that are plain, nearly plain, and damaged: other values, other spaces, bytes changed, cut or put in. */
function aBody(): fc.Arbitrary<{ envelope: Envelope; bytes: Buffer }> {
  const aValue = fc.oneof(
    fc.constantFrom(
      -1,
      -0,
      0,
      0.5,
      1,
      1.5,
      20,
      21,
      100,
      1e8,
      1e8 + 1,
      1e21,
      1e-7,
      0.1 + 0.2,
      true,
      false,
      null,
    ),
    fc.constantFrom(
      '',
      'a',
      'x'.repeat(100),
      'x'.repeat(101),
      'a\0b',
      '\u007f',
      'é',
      'a\\b',
      '"',
      '1.0',
      '1.1',
    ),
    fc.constantFrom<unknown>([], ['build'], ['test', 'build', 'test'], ['x'], [null], {}, [[]]),
    fc.constantFrom(...Object.values(eventFields).flatMap((rule) => ('values' in rule ? rule.values : []))),
    fc
      .date({ min: new Date(NOW_MS - 9e12), max: new Date(NOW_MS + 2 * DAY_MS), noInvalidDate: true })
      .map((date) => date.toISOString()),
    fc.constantFrom(
      '2026-02-30T00:00:00.000Z',
      '2026-01-31T24:00:00.000Z',
      '2016-12-31T23:59:60.000Z',
      '2026-01-31t09:30:00Z',
      '2026-01-31T09:30:00.123456-08:00',
      '2026-01-31T09-30:00.000Z',
    ),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 100_000_001 }),
    fc.uuid(),
  )
  const anyEvent = fc
    .tuple(
      fc.dictionary(fc.constantFrom(...Object.keys(plain), 'mood'), aValue, { maxKeys: 2 }),
      fc.oneof(fc.constant(Object.keys(plain)), fc.shuffledSubarray(Object.keys(plain), { minLength: 20 })),
    )
    .map(([changes, fields]) => {
      const known = fields.map((field) => [field, plain[field as keyof typeof plain]])
      return Object.fromEntries([...known, ...Object.entries(changes)])
    })
  const aChange = fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    cut: fc.integer({ min: 0, max: 2 }),
    put: fc.oneof(
      fc.constant(''),
      fc.constantFrom(
        ' ',
        '\t',
        ',',
        '"',
        '0',
        '1',
        '.',
        '-',
        'e',
        '{',
        '}',
        '[',
        ']',
        'null',
        '\\',
        '\u00e9',
      ),
    ),
  })
  return fc
    .record({
      envelope: fc.constantFrom<Envelope>('event', 'batch'),
      events: fc.array(fc.oneof(fc.constant(plain), anyEvent), { minLength: 1, maxLength: 3 }),
      hasSpaces: fc.boolean(),
      changes: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(aChange, { maxLength: 2 })),
    })
    .map(({ envelope, events, hasSpaces, changes }) => {
      const whole = envelope === 'event' ? events[0] : { events }
      let text = hasSpaces ? withSpaces(whole) : JSON.stringify(whole)
      for (const { at, cut, put } of changes) {
        const place = Math.floor(at * text.length)
        text = text.slice(0, place) + put + text.slice(place + cut)
      }
      return { envelope, bytes: Buffer.from(text) }
    })
}

function readPlain(body: string, envelope: Envelope): PlainEvents | undefined {
  return new PlainEventReader().read(Buffer.from(body), envelope, owner, NOW_MS)
}

/** What the careful path makes of events, every one of which it has to take. */
function flattened(events: readonly unknown[]) {
  const flattener = new EventFlattener(owner, NOW_MS, events.length)
  for (const event of events) expect(flattener.addIfPlain(event)).toBe(true)
  const rows = flattener.rows()
  expect(rows.values[columnIndex.received_at_ms]).toBe(NOW_MS)
  return spelledOut(rows)
}

/** Rows with each text in its place: where it stands in the list is nobody's business. */
function spelledOut({ texts, values, eventIds, ...rest }: EventRows) {
  const spelled = Array.from(values, (value, index) =>
    wordColumns.includes(index % EVENT_STRIDE) ? texts[value] : value,
  )
  return { ...rest, eventIds: [...eventIds], texts: texts.toSorted(), spelled }
}

/** As Python's `json.dumps` writes. */
function withSpaces(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(withSpaces).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, field]) => `${JSON.stringify(key)}: ${withSpaces(field)}`)
    .join(', ')}}`
}

function withoutOptional(event: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event).filter(
      ([name]) => name === 'event_id' || eventFields[name as keyof typeof eventFields].required,
    ),
  )
}
