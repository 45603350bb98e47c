import type { ClientStats } from '@mosaicstack/telemetry-client'
import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'

import type { Ledger } from '../ledger/ledger.ts'
import { markSent, type ReadyEvent } from './pending-events.ts'

/** The part of a `TelemetryClient` that delivery needs. */
export interface EventSink {
  track(event: TaskCompletionEvent): void
  flush(): Promise<void>
  readonly queueSize: number
  readonly stats: Pick<ClientStats, 'delivered' | 'rejected'>
}

export interface DeliveryOptions {
  readonly nowMs: () => number
  /** The client has a spool: what it was given survives, so it counts as handed over even while the server is away. */
  readonly isSpooled: boolean
  readonly signal?: AbortSignal | undefined
}

export interface DeliveryReport {
  /** Handed over for good. */
  readonly sent: number
  /** The server was away; these wait in the ledger for the next time. */
  readonly waiting: number
  /** Of those handed over, refused by the server for good. */
  readonly refused: number
}

/** As many as go in one request: nothing piles up in the client's queue, where the oldest would make room. */
const EVENTS_AT_A_TIME = 100

/** Hands events to a client a request at a time, and notes each request's worth once it is safe. */
export async function deliverEvents(
  ledger: Ledger,
  events: readonly ReadyEvent[],
  sink: EventSink,
  { nowMs, isSpooled, signal }: DeliveryOptions,
): Promise<DeliveryReport> {
  const refusedBefore = sink.stats.rejected
  let sent = 0
  for (let from = 0; from < events.length; from += EVENTS_AT_A_TIME) {
    if (signal?.aborted === true) break
    const some = events.slice(from, from + EVENTS_AT_A_TIME)
    for (const { event } of some) sink.track(event)
    await sink.flush()
    const isAway = sink.queueSize > 0
    if (isAway && !isSpooled) break
    markSent(ledger, some, nowMs())
    sent += some.length
    if (isAway) break
  }
  return { sent, waiting: events.length - sent, refused: sink.stats.rejected - refusedBefore }
}
