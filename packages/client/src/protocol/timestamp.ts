const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/**
 * Reads an RFC 3339 date-time with offset and up to six fractional digits.
 *
 * @returns microseconds since 1970-01-01T00:00:00Z, or `undefined` where the text is no such date. Dates before
 * 1684 read as that year's: beyond it microseconds no longer fit a JavaScript number.
 */
export function parseTimestampMicros(text: string): number | undefined {
  const match = RFC_3339.exec(text)
  if (match === null) return undefined

  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = '',
    sign,
    offsetHour = '0',
    offsetMinute = '0',
  ] = match
  const dayMs = utcDayMs(Number(year), Number(month), Number(day))
  if (dayMs === undefined) return undefined
  // RFC 3339 allows a leap second; it reads as the first second of the next minute.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined

  const localMs = dayMs + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1)
  const micros = (localMs - offsetMs) * 1000 + Number(fraction.padEnd(6, '0'))
  return Math.max(micros, Number.MIN_SAFE_INTEGER)
}

/** Midnight UTC of a calendar day in milliseconds, or `undefined` where there is no such day (30 February). */
function utcDayMs(year: number, month: number, day: number): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day) // Date.UTC would read the years 0 to 99 as 1900 to 1999
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined
}
