import type { TaskCompletionEvent } from './event.ts'

/** Body of `POST /v1/events/batch`: 1 to 100 events of the key's instance. */
export interface BatchEventRequest {
  readonly events: readonly TaskCompletionEvent[]
}

/** Why an event was not taken. `duplicate` means that it is stored already: a client counts it as delivered. */
export type RejectionCode = 'duplicate' | 'invalid' | 'unsupported_schema'

export interface AcceptedEvent {
  readonly event_id: string
  readonly status: 'accepted'
  readonly error: null
}

export interface RejectedEvent {
  /** Null where the event had no readable one. */
  readonly event_id: string | null
  readonly status: 'rejected'
  readonly error: string
  readonly code: RejectionCode
}

/** What became of one event. */
export type BatchEventResult = AcceptedEvent | RejectedEvent

/** Answer 202: every accepted event is durable. `results` has one entry per event, in the order sent. */
export interface BatchEventResponse {
  readonly accepted: number
  readonly rejected: number
  readonly results: readonly BatchEventResult[]
}
