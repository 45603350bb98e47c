import { eventFields, findEventProblems } from '@mosaicstack/telemetry-client/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { NOW_MS } from '../testing/an-observation.ts'
import { anEvent, eventId } from '../testing/an-event.ts'
import { columnIndex, EVENT_STRIDE, type EventColumnName } from './event-columns.ts'
import { EventFlattener } from './event-rows.ts'

const DAY_MS = 86_400_000
const NAMING = new Set(['instance_id', 'event_id', 'schema_version'])
const owner = { instanceId: 'abcdef00-0000-4000-8000-000000000000', instanceNo: 1 }
const plain = { ...anEvent({ instance_id: owner.instanceId }), event_id: eventId(1), schema_version: '1.0' }

it('flattens an event as our clients write it in one pass', () => {
  const flattener = new EventFlattener(owner, NOW_MS, 1)

  const isAdded = flattener.addIfPlain({ ...plain, timestamp: '2026-01-31T09:30:00.000001Z', language: 'Go' })

  const rows = flattener.rows()
  expect(isAdded).toBe(true)
  expect(rows).toMatchObject({ ...owner, count: 1 })
  expect(Buffer.from(rows.eventIds).toString('hex')).toBe(eventId(1).replaceAll('-', ''))
  expect(rows.values).toHaveLength(EVENT_STRIDE)
  expect(rows.values[columnIndex.timestamp_us]).toBe(Date.UTC(2026, 0, 31, 9, 30) * 1000 + 1)
  expect(rows.texts[rows.values[columnIndex.language] as number]).toBe('Go')
})

it.each([
  ['no event_id', { ...plain, event_id: null }],
  ['an event_id in upper case', { ...plain, event_id: 'ABCDEF00-0000-7000-8000-000000000001' }],
  ['a later schema of the same major', { ...plain, schema_version: '1.7' }],
  ['an instance_id in upper case', { ...plain, instance_id: owner.instanceId.toUpperCase() }],
])('leaves an event with %s to be looked at with care', (_, event) => {
  expect(new EventFlattener(owner, NOW_MS, 1).addIfPlain(event)).toBe(false)
})

it('keeps nothing of an event that it does not add', () => {
  const flattener = new EventFlattener(owner, NOW_MS, 3)

  flattener.addIfPlain({ ...plain, event_id: eventId(1) })
  flattener.addIfPlain({ ...plain, event_id: eventId(2), retry_count: -1, model: 'other' })
  flattener.addIfPlain({ ...plain, event_id: eventId(3), retry_count: 7 })

  const { count, eventIds, values, texts } = flattener.rows()
  expect([count, eventIds.length, values.length]).toEqual([2, 32, 2 * EVENT_STRIDE])
  expect(texts).toEqual([plain.model])
  expect(Buffer.from(eventIds.subarray(16)).toString('hex')).toBe(eventId(3).replaceAll('-', ''))
  expect(values[EVENT_STRIDE + columnIndex.retry_count]).toBe(7)
})

it('refuses an invalid event that is said to be validated', () => {
  const flattener = new EventFlattener(owner, NOW_MS, 1)

  expect(() => flattener.add({ ...plain, task_type: 'juggling' as never })).toThrow(RangeError)
})

it('adds exactly the events that the validator accepts, whatever one field holds', () => {
  const aValue = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      -1,
      0,
      0.5,
      1,
      20,
      21,
      100,
      101,
      10_000_001,
      1e300,
      '',
      'x'.repeat(101),
      'a\0b',
      '\ud800',
      '😀',
    ),
    fc.constantFrom(
      '2026-02-30T00:00:00Z',
      '1600-01-01T00:00:00Z',
      '2026-01-31T09:30:00',
      'build',
      ['build', 'x'],
      ['lint'],
    ),
    fc
      .date({ min: new Date(NOW_MS - 2 * DAY_MS), max: new Date(NOW_MS + 2 * DAY_MS), noInvalidDate: true })
      .map((date) => date.toISOString()),
    fc.constantFrom(...Object.values(eventFields).flatMap((rule) => ('values' in rule ? rule.values : []))),
  )
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(eventFields)), aValue, (field, value) => {
      const event = { ...plain, [field]: value }

      const isAdded = new EventFlattener(owner, NOW_MS, 1).addIfPlain(event)

      const isValid = findEventProblems(event, NOW_MS).length === 0
      // What names the row may be valid and yet unusual.
      if (NAMING.has(field)) expect(isAdded && !isValid).toBe(false)
      else expect(isAdded).toBe(isValid)
    }),
    { numRuns: 3000 },
  )
})

it('has a column for every field of the table but the three that name a row', () => {
  const stored = Object.keys(eventFields).filter((name) => !NAMING.has(name))

  const columns = (Object.keys(columnIndex) as EventColumnName[]).filter((name) => name !== 'received_at_ms')

  expect(columns.map((name) => (name === 'timestamp_us' ? 'timestamp' : name)).sort()).toEqual(stored.sort())
})
