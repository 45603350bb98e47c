const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const dayAndYear = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
})

/** `3 Feb` */
export function shortDay(day: string): string {
  return dayFormat.format(Date.parse(day))
}

/** `3 Feb 2026` */
export function longDay(day: string): string {
  return dayAndYear.format(Date.parse(day))
}

/** A bucket of a chart: `3 Feb 2026`, or `week of 2 Feb 2026`. */
export function bucketName(bucket: string, size: 'day' | 'week'): string {
  return size === 'day' ? longDay(bucket) : `week of ${longDay(bucket)}`
}

/** A moment in the reader's own time zone, which it names: `3 Feb 2026, 14:02 UTC`. */
export function localMoment(iso: string): string {
  const timeMs = Date.parse(iso)
  return Number.isNaN(timeMs) ? iso : moment.format(timeMs)
}

/** A moment's time of day in the reader's own time zone: `14:02:31`. */
export function timeOfDay(iso: string): string {
  const timeMs = Date.parse(iso)
  return Number.isNaN(timeMs) ? iso : clock.format(timeMs)
}

/** How long ago: `now`, `4 min ago`, `3 h ago`, `12 days ago`; what lies ahead is `now`. */
export function ago(iso: string, nowMs: number): string {
  const minutes = (nowMs - Date.parse(iso)) / 60_000
  if (Number.isNaN(minutes)) return iso
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${Math.floor(minutes)} min ago`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`
  return `${Math.floor(minutes / 1440)} days ago`
}
