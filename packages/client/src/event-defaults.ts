import { uuidV7Generator } from './protocol/uuid-v7.ts'

/** What an event may leave out, and every try of it has to repeat. */
export interface EventDefaults {
  eventId(): string
  timestamp(): string
}

export function eventDefaultsFor(
  fillRandom: (bytes: Uint8Array) => void,
  nowMs: () => number,
): EventDefaults {
  return { eventId: uuidV7Generator(fillRandom, nowMs), timestamp: timestampGenerator(nowMs) }
}

/** Writing a date costs 0.7 µs; the events of one millisecond share it. */
function timestampGenerator(nowMs: () => number): () => string {
  let lastMs = NaN
  let text = ''
  return () => {
    const ms = nowMs()
    if (ms !== lastMs) {
      lastMs = ms
      text = new Date(ms).toISOString()
    }
    return text
  }
}
