import { parseTimestampMicros } from '@mosaicstack/telemetry-client/protocol'

/** Characters of `2026-01-31T09:30:00.000Z`, as `Date.prototype.toISOString` writes it. */
export const ISO_LENGTH = 24

/** Reads one in that form from bytes, without a text of it. Returns -1 for whatever is another form. */
export function isoMicros(bytes: Uint8Array, at: number): number {
  const dayMs = dayMsOf(digits(bytes, at, 4), digits(bytes, at + 5, 2), digits(bytes, at + 8, 2))
  const hour = digits(bytes, at + 11, 2)
  const minute = digits(bytes, at + 14, 2)
  const second = digits(bytes, at + 17, 2)
  const ms = digits(bytes, at + 20, 3)
  // Leap seconds and what no clock shows are left to the parser.
  const isRead = hour <= 23 && minute <= 59 && second <= 59 && ms <= 999 && dayMs >= 0
  if (!isRead || !hasPunctuation(bytes, at)) return -1
  return (dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + ms) * 1000
}

/** The number that digits spell; NaN, which no comparison holds for, where one is none. */
function digits(bytes: Uint8Array, from: number, count: number): number {
  let number = 0
  for (let at = from; at < from + count; at++) {
    const digit = (bytes[at] as number) - 0x30
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    number = number * 10 + digit
  }
  return number
}

function hasPunctuation(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at + 4] === HYPHEN &&
    bytes[at + 7] === HYPHEN &&
    bytes[at + 10] === UPPER_T &&
    bytes[at + 13] === COLON &&
    bytes[at + 16] === COLON &&
    bytes[at + 19] === POINT &&
    bytes[at + 23] === UPPER_Z
  )
}

const HYPHEN = 0x2d
const POINT = 0x2e
const COLON = 0x3a
const UPPER_T = 0x54
const UPPER_Z = 0x5a

// Events come in the order of time, so the day is nearly always the one before.
let lastDay = Number.NaN
let lastDayMs = -1

/** Midnight UTC; -1 where there is no such day, or before 1970. */
function dayMsOf(year: number, month: number, day: number): number {
  const key = (year * 100 + month) * 100 + day
  if (Number.isNaN(key)) return -1
  if (key === lastDay) return lastDayMs
  const micros = parseTimestampMicros(`${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T00:00:00Z`)
  lastDay = key
  lastDayMs = Math.max((micros ?? -1000) / 1000, -1)
  return lastDayMs
}

function pad(number: number, length: number): string {
  return String(number).padStart(length, '0')
}
