import type { ErrorCode } from '@mosaicstack/telemetry-client/protocol'

import type { WireRequest } from './contract-server.ts'
import type { SeededRandom } from './seeded-random.ts'
import { aVectorEvent } from './vectors.ts'

/** A request that means no good, and what the server must make of it. */
export interface HostileRequest {
  /** The test adds the path of the batch endpoint, a key and a content-type where they are not named. */
  readonly request: Partial<WireRequest>
  readonly expected: Expected
}

export type Expected =
  /** The whole request is refused, with one of these codes. */
  | { readonly kind: 'refused'; readonly codes: readonly ErrorCode[] }
  /** The request is a batch of which each event has its own fate. */
  | { readonly kind: 'answered'; readonly events: readonly EventFate[] }

export type EventFate =
  | { readonly kind: 'accepted'; readonly eventId: string; readonly model: string }
  | { readonly kind: 'duplicate'; readonly eventId: string }
  /** The field is named by the rejection; it is empty where the event is no object. */
  | { readonly kind: 'rejected'; readonly field: string }

/** One way to be hostile. */
export interface HostileKind {
  readonly name: string
  make(random: SeededRandom): HostileRequest
}

/** A good event under an id of its own, as JSON. */
export function goodEvent(random: SeededRandom, fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify(aVectorEvent({ event_id: random.uuid(), ...fields }))
}

/** A batch that would be accepted, as JSON. */
export function goodBatch(random: SeededRandom): string {
  return `{"events":[${goodEvent(random)}]}`
}
