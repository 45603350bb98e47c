import type { ErrorCode, RejectedEvent } from '@mosaicstack/telemetry-client/protocol'

import type { EventFlattener } from '../storage/event-rows.ts'

/** One request on its way through the steps. */
export interface Intake {
  readonly instanceId: string
  readonly receivedAtMs: number
  /** As they came out of the JSON; anything at all. */
  readonly events: readonly unknown[]
  /** By place in the request: the id of an event on its way to the store, or why it is not. */
  readonly fates: (string | RejectedEvent)[]
  /** What is on its way to the store, in order. */
  readonly flattener: EventFlattener
}

/** A request that is turned away whole. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly details: readonly { readonly path: string; readonly message: string }[]
}

/** Looks at a request and decides what it can; a refusal ends the request. */
export type Step = (intake: Intake) => Refusal | undefined
