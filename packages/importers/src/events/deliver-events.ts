import type { ClientStats } from '@mosaicstack/telemetry-client'
import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'

import type { Ledger } from '../ledger/ledger.ts'
import { markSent, type ReadyEvent } from './pending-events.ts'

/** The part of a `TelemetryClient` that delivery needs. */
export interface EventSink {
  track(event: TaskCompletionEvent): void
  flush(): Promise<void>
  readonly queueSize: number
  readonly stats: Pick<ClientStats, 'tracked' | 'spooled' | 'rejected' | 'duplicate'>
}

export interface DeliveryOptions {
  readonly nowMs: () => number
  readonly signal?: AbortSignal | undefined
}

export interface DeliveryReport {
  /** Handed over for good: on the server, or in the client's spool. */
  readonly sent: number
  /** Of those handed over, in the spool until the server answers. */
  readonly spooled: number
  /** Of those handed over, what the server had already. */
  readonly duplicate: number
  /** Of those handed over, refused by the server for good. */
  readonly refused: number
  /** These wait in the ledger for the next time: the server was away and there is no room in the spool. */
  readonly waiting: number
}

/** As many as go in one request: nothing piles up in the client's queue, where the oldest would make room. */
const EVENTS_AT_A_TIME = 100

/**
 * Hands events to a client a request at a time, and notes each request's worth once it is safe. One that is cut off in
 * between is handed over again the next time, under the same ids.
 */
export async function deliverEvents(
  ledger: Ledger,
  events: readonly ReadyEvent[],
  sink: EventSink,
  { nowMs, signal }: DeliveryOptions,
): Promise<DeliveryReport> {
  const first = sink.stats
  let sent = 0
  let spooled = 0
  for (let from = 0; from < events.length; from += EVENTS_AT_A_TIME) {
    if (signal?.aborted === true) break
    const some = events.slice(from, from + EVENTS_AT_A_TIME)
    const before = sink.stats
    for (const { event } of some) sink.track(event)
    await sink.flush()
    const isAway = sink.queueSize > 0
    if (!isTaken(some.length, before, sink.stats, isAway)) break
    markSent(ledger, some, nowMs())
    sent += some.length
    if (!isAway) continue
    spooled = Math.min(sent, sink.queueSize)
    break
  }
  return {
    sent,
    spooled,
    duplicate: sink.stats.duplicate - first.duplicate,
    refused: sink.stats.rejected - first.rejected,
    waiting: events.length - sent,
  }
}

/** A client that is switched off takes nothing; one whose server is away must have them on its disk. */
function isTaken(
  count: number,
  before: EventSink['stats'],
  after: EventSink['stats'],
  isAway: boolean,
): boolean {
  if (after.tracked - before.tracked < count) return false
  return !isAway || after.spooled - before.spooled >= count
}
