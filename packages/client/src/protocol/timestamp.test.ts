import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseTimestampMicros } from './timestamp.ts'

describe('parseTimestampMicros', () => {
  it('agrees with the definition written down a second time, on texts that are dates', () => {
    const seen = { dates: 0, refusals: 0 }

    fc.assert(
      fc.property(aDateTime(), (text) => {
        const expected = referenceMicros(text)
        if (expected === undefined) seen.refusals++
        else seen.dates++

        expectAgreement(parseTimestampMicros(text), expected)
      }),
      { numRuns: 5_000 },
    )

    expect(seen.dates).toBeGreaterThan(1_000)
    expect(seen.refusals).toBeGreaterThan(100)
  })

  it('agrees with it where one character is changed, left out or put in', () => {
    const aChange = fc.record({
      text: aDateTime(),
      at: fc.nat(36),
      removed: fc.nat(1),
      put: fc.oneof(
        fc.constantFrom('', '0', '9', ':', '-', '+', '.', 'T', 'Z', ' ', '\n'),
        fc.string({ maxLength: 1, unit: 'binary' }),
      ),
    })

    fc.assert(
      fc.property(aChange, ({ text, at, removed, put }) => {
        const changed = text.slice(0, at) + put + text.slice(at + removed)

        expectAgreement(parseTimestampMicros(changed), referenceMicros(changed))
      }),
      { numRuns: 5_000 },
    )
  })

  it('reads no text at all as something other than a number or undefined', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expectAgreement(parseTimestampMicros(text), referenceMicros(text))
      }),
    )
  })

  it('answers the same for a day whichever day it was asked before', () => {
    const days = fc.constantFrom('2026-02-14', '2026-02-30', '0000-00-00', '2024-02-29', '2023-02-29')

    fc.assert(
      fc.property(fc.array(days, { maxLength: 20 }), (asked) => {
        for (const day of asked) {
          const text = `${day}T00:00:00Z`
          expectAgreement(parseTimestampMicros(text), referenceMicros(text))
        }
      }),
    )
  })

  it('reads what Date writes', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true, min: EARLIEST, max: LATEST }), (date) => {
        expect(parseTimestampMicros(date.toISOString())).toBe(date.getTime() * 1000)
      }),
    )
  })
})

/** Between these a microsecond count is exact in a JavaScript number. */
const EARLIEST = new Date('1685-01-01T00:00:00Z')
const LATEST = new Date('2255-01-01T00:00:00Z')

/** Date-times in the right form; not every one of them exists. */
function aDateTime(): fc.Arbitrary<string> {
  const year = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1900, max: 2100 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 9999 }) },
  )
  const offset = fc.oneof(
    fc.constantFrom('Z', 'z', '+00:00', '-00:00', '+24:00', '-05:30'),
    fc
      .tuple(fc.constantFrom('+', '-'), fc.nat(25), fc.nat(61))
      .map(([sign, hour, minute]) => `${sign}${padded(hour)}:${padded(minute)}`),
  )
  const fraction = fc.oneof(
    fc.constant(''),
    fc.stringMatching(/^\.[0-9]{1,6}$/),
    fc.stringMatching(/^\.[0-9]{0,9}$/),
  )
  return fc
    .tuple(
      year,
      fc.nat(13),
      fc.nat(32),
      fc.constantFrom('T', 't'),
      fc.nat(24),
      fc.nat(60),
      fc.nat(61),
      fraction,
      offset,
    )
    .map(([y, month, day, t, hour, minute, second, part, zone]) => {
      const date = `${padded(y, 4)}-${padded(month)}-${padded(day)}`
      return `${date}${t}${padded(hour)}:${padded(minute)}:${padded(second)}${part}${zone}`
    })
}

function padded(number: number, length = 2): string {
  return String(number).padStart(length, '0')
}

const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))$/i

/** The same, from RFC 3339 and a calendar of its own, in whole numbers of any size. */
function referenceMicros(text: string): bigint | undefined {
  const parts = FORM.exec(text)
  if (parts === null) return undefined
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const [offsetHour, offsetMinute] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return undefined

  const offset = (offsetHour * 60 + offsetMinute) * (parts[8] === '-' ? -1 : 1)
  const minutes = daysSince1970(year, month, day) * 1440 + hour * 60 + minute - offset
  return BigInt(minutes * 60 + second) * 1_000_000n + BigInt((parts[7] ?? '').padEnd(6, '0'))
}

function daysSince1970(year: number, month: number, day: number): number {
  let days = day - 1
  for (let each = 1; each < month; each++) days += daysIn(year, each)
  return days + daysBeforeYear(year) - daysBeforeYear(1970)
}

/** Days from 1 January of the year 0, which is a leap year. */
function daysBeforeYear(year: number): number {
  const last = year - 1
  const leapDays = year === 0 ? 0 : Math.floor(last / 4) - Math.floor(last / 100) + Math.floor(last / 400) + 1
  return year * 365 + leapDays
}

function daysIn(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  if (month === 2) return isLeap ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Exact where a number can be; the earliest one before that; off by a rounding after it. */
function expectAgreement(micros: number | undefined, expected: bigint | undefined): void {
  if (expected === undefined) return expect(micros).toBeUndefined()
  if (expected < BigInt(Number.MIN_SAFE_INTEGER)) return expect(micros).toBe(Number.MIN_SAFE_INTEGER)
  if (expected <= BigInt(Number.MAX_SAFE_INTEGER)) return expect(micros).toBe(Number(expected))
  expect(Math.abs(Number(micros) - Number(expected))).toBeLessThanOrEqual(64)
}
