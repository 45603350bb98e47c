import { TelemetryClient, type TelemetryError } from '@mosaicstack/telemetry-client'
import { describeFailure } from '@mosaicstack/telemetry-client/describe'
import {
  deliverEvents,
  type DeliveryReport,
  type Ledger,
  pendingEvents,
  type ReadyEvent,
  type WithheldReason,
} from '@mosaicstack/telemetry-importers'
import type { TaskNotes } from '@mosaicstack/telemetry-mcp/notes'

import type { Connection } from '../connection.ts'
import { readJournal, sessionEnds } from '../hook/journal.ts'
import { renewSpendCache } from '../statusline/renew-spend-cache.ts'
import { forgetOldSessions } from '../statusline/session-note.ts'
import type { LocalState } from './local-state.ts'
import { mergeTelemetry, type TelemetryMerge } from './merge-telemetry.ts'
import { noteOutcomes, takeOverPredictions } from './predicted-tasks.ts'

export interface RoundOptions {
  readonly ledger: Ledger
  readonly state: LocalState
  readonly notes: TaskNotes
  readonly spoolDir: string
  /** A sentence where nothing may be told, or nobody is known to tell it to. */
  readonly recipient: Connection | { readonly reason: string }
  readonly per: 'task' | 'session'
  readonly sinceMs?: number | undefined
  readonly harnesses: ReadonlySet<string>
  readonly nowMs: () => number
}

/** What became of the tasks in the ledger. */
export interface RoundReport {
  readonly withheld: Readonly<Record<WithheldReason, number>>
  /** Events by agent: handed over, and sent at a bound of the schema. */
  readonly handedOver: ReadonlyMap<string, { readonly events: number; readonly clamped: number }>
  readonly delivery: DeliveryReport
  /** Why nothing was sent, or why some of it waits; undefined where all went well. */
  readonly reason: string | undefined
  readonly telemetry: TelemetryMerge | undefined
}

const NOTHING_DELIVERED = { sent: 0, spooled: 0, duplicate: 0, refused: 0, waiting: 0 }

/** An instance that nobody is: where events are only counted. */
export const NOBODY = '00000000-0000-4000-8000-000000000000'

/** After logs were read: merges what telemetry knows, sends the tasks that are over, and renews what is shown. */
export async function settleTasks(options: RoundOptions): Promise<RoundReport> {
  const { ledger, nowMs, notes, recipient, state } = options
  const connection = 'reason' in recipient ? undefined : recipient
  const telemetry = connection && (await mergeTelemetry(ledger, connection))
  takeOverPredictions(ledger, notes, nowMs())
  const { ready, withheld } = findPending(options, connection?.instanceId ?? NOBODY)

  const delivered =
    connection === undefined
      ? { delivery: { ...NOTHING_DELIVERED, waiting: ready.length }, reason: reasonOf(recipient) }
      : await deliver(options, connection, ready)
  const sent = ready.slice(0, delivered.delivery.sent)
  noteOutcomes(
    notes,
    sent.map(({ task }) => task),
    nowMs(),
  )
  renewSpendCache(state.spendCache, ledger, nowMs())
  forgetOldSessions(state.sessions, nowMs())
  return { withheld, handedOver: countByHarness(sent), ...delivered, telemetry }
}

export function findPending(
  { harnesses, ledger, nowMs, per, sinceMs, state }: Omit<RoundOptions, 'notes' | 'spoolDir' | 'recipient'>,
  instanceId: string,
) {
  const ends = sessionEnds(readJournal(state.journal))
  return pendingEvents(ledger, {
    instanceId,
    nowMs: nowMs(),
    per,
    sinceMs,
    harnesses,
    sessionEndedAtMs: (harness, session) => (harness === 'claude_code' ? ends.get(session) : undefined),
  })
}

async function deliver(
  { ledger, nowMs, spoolDir }: RoundOptions,
  connection: Connection,
  ready: readonly ReadyEvent[],
): Promise<Pick<RoundReport, 'delivery' | 'reason'>> {
  let failure: TelemetryError | undefined
  const client = new TelemetryClient({
    ...connection,
    enabled: true,
    spoolDir,
    maxRetries: 1,
    onError: (error) => (failure ??= error as TelemetryError),
  })
  client.start() // delivers what an earlier run has left in the spool
  const delivery = await deliverEvents(ledger, ready, client, { nowMs })
  await client.stop({ timeoutMs: 0 })
  return { delivery, reason: failure && describeFailure(failure, connection.serverUrl).what }
}

function reasonOf(recipient: RoundOptions['recipient']): string | undefined {
  return 'reason' in recipient ? recipient.reason : undefined
}

function countByHarness(events: readonly ReadyEvent[]): RoundReport['handedOver'] {
  const counts = new Map<string, { events: number; clamped: number }>()
  for (const { clamped, task } of events) {
    const count = counts.get(task.harness) ?? { events: 0, clamped: 0 }
    count.events++
    if (clamped.length > 0) count.clamped++
    counts.set(task.harness, count)
  }
  return counts
}
