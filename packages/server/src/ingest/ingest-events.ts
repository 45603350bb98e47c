import type { BatchEventResponse, BatchEventResult } from '@mosaicstack/telemetry-client/protocol'

import { EventFlattener, type EventRows, type RowsOwner } from '../storage/event-rows.ts'
import { type ApiKey, AppendedRow, type AppendedRows } from '../storage/store.ts'
import type { CommitOutcome, GroupCommit } from './group-commit.ts'
import type { Intake, Refusal, Step } from './intake.ts'
import { type Envelope, PlainEventReader } from './plain/plain-events.ts'

/** What became of a request. */
export type IngestOutcome =
  | { readonly kind: 'answered'; readonly response: BatchEventResponse }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | Exclude<EventCommitOutcome, { kind: 'stored' }>

type EventCommitOutcome = CommitOutcome<AppendedRows>

/** Commits events of many requests together. */
export type EventCommits = GroupCommit<EventRows, AppendedRows>

type Sender = Pick<ApiKey, 'instanceId' | 'instanceNo'>

/** Takes the events of a request, as far as the store. */
export interface IngestEvents {
  /** From the bytes of a body that is plain; `undefined` where it is not, and then nothing has happened. */
  plain(sender: Sender, body: Buffer, envelope: Envelope): Promise<IngestOutcome> | undefined
  /** From whatever a JSON body holds as its events. */
  parsed(sender: Sender, events: readonly unknown[]): Promise<IngestOutcome>
}

/** The two paths of events to the answer: straight from bytes to rows, or step by step; then group commit. */
export function ingestEvents(
  steps: readonly (readonly [name: string, step: Step])[],
  commits: EventCommits,
  nowMs: () => number,
): IngestEvents {
  const reader = new PlainEventReader()
  return {
    plain(sender, body, envelope) {
      const read = reader.read(body, envelope, sender, nowMs())
      return read && store(read.rows, read.eventIds, commits)
    },
    async parsed(sender, events) {
      const intake = openIntake(sender, events, nowMs())
      for (const [, step] of steps) {
        const refusal = step(intake)
        if (refusal !== undefined) return { kind: 'refused', refusal }
      }
      return store(intake.flattener.rows(), intake.fates, commits)
    },
  }
}

function openIntake(
  { instanceId, instanceNo }: RowsOwner,
  events: readonly unknown[],
  receivedAtMs: number,
): Intake {
  const flattener = new EventFlattener({ instanceId, instanceNo }, receivedAtMs, events.length)
  return { instanceId, receivedAtMs, events, fates: [], flattener }
}

/** By place in the request, as in `Intake`. */
type Fates = Readonly<Intake['fates']>

async function store(rows: EventRows, fates: Fates, commits: EventCommits): Promise<IngestOutcome> {
  if (rows.count === 0) return { kind: 'answered', response: summarise(fates, NOTHING_STORED) }

  const outcome = await commits.commit(rows)
  if (outcome.kind !== 'stored') return outcome
  if (outcome.result.includes(AppendedRow.INSTANCE_DELETED))
    return { kind: 'refused', refusal: INSTANCE_DELETED }
  return { kind: 'answered', response: summarise(fates, outcome.result) }
}

/** The answer that its next request gets from the key alone. */
const INSTANCE_DELETED: Refusal = {
  code: 'unauthenticated',
  message: 'the instance of this API key was deleted; nothing was stored',
  details: [],
}

const NOTHING_STORED: AppendedRows = new Uint8Array()

function summarise(fates: Fates, appended: AppendedRows): BatchEventResponse {
  let accepted = 0
  let row = 0
  const results = fates.map((fate): BatchEventResult => {
    if (typeof fate !== 'string') return fate
    if (appended[row++] !== AppendedRow.STORED) return duplicate(fate)
    accepted++
    return { event_id: fate, status: 'accepted', error: null }
  })
  return { accepted, rejected: results.length - accepted, results }
}

function duplicate(eventId: string): BatchEventResult {
  return { event_id: eventId, status: 'rejected', error: 'duplicate event_id', code: 'duplicate' }
}
