// From the formats alone: a status line has no time to load what describes predictions.
export { counted, duration, percent, tokens, usd } from '@mosaicstack/telemetry-client/format'

/** A moment, to the minute, UTC: `2026-11-21 09:30`; nothing where there is none. */
export function moment(iso: string | null): string {
  return iso === null ? '' : iso.slice(0, 16).replace('T', ' ')
}
