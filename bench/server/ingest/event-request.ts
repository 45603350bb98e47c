import { idWriter, type IdOrder } from './event-ids.ts'
import { apiKeyOf, eventOf, INSTANCES, PLACEHOLDER_ID } from './population.ts'

/** A whole HTTP request, rendered once; only its ids are written anew every time. */
export interface EventRequest {
  /** The bytes with new ids. They may change again at the next call, so one request is under way only once. */
  renew(): Buffer
}

/** Requests of many instances, which a load takes in turns. `perBatch` 1 is one bare event. */
export function renderRequests(count: number, perBatch: number, order: IdOrder): readonly EventRequest[] {
  const writeId = idWriter(order)
  const timestamp = new Date().toISOString()
  return Array.from({ length: count }, (_, number) => {
    const instance = number % INSTANCES
    const events = Array.from({ length: perBatch }, (__, index) =>
      eventOf(instance, number * perBatch + index, timestamp),
    )
    const body = JSON.stringify(perBatch === 1 ? events[0] : { events })
    const path = perBatch === 1 ? '/v1/events' : '/v1/events/batch'
    const bytes = Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${apiKeyOf(instance)}\r\n` +
        `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    const idOffsets = placesOf(bytes, PLACEHOLDER_ID)
    return {
      renew() {
        for (const offset of idOffsets) writeId(bytes, offset)
        return bytes
      },
    }
  })
}

function placesOf(bytes: Buffer, text: string): readonly number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) places.push(at)
  return places
}
