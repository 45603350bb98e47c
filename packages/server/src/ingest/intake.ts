import type { BatchEventResult, ErrorCode, TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'

/** An event that may be stored: it fits the schema, and its ids are there and in lower case. */
export type StorableEvent = TaskCompletionEvent & { readonly event_id: string }

/** One request on its way through the steps. */
export interface Intake {
  readonly instanceId: string
  readonly instanceNo: number
  readonly receivedAtMs: number
  /** As they came out of the JSON; anything at all. */
  readonly events: readonly unknown[]
  /** By place in the request: decided, or still on its way. */
  readonly results: (BatchEventResult | undefined)[]
  /** What is on its way to the store, by place in the request. */
  readonly storable: (StorableEvent | undefined)[]
}

/** A request that is turned away whole. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly details: readonly { readonly path: string; readonly message: string }[]
}

/** Looks at a request and decides what it can; a refusal ends the request. */
export type Step = (intake: Intake) => Refusal | undefined
