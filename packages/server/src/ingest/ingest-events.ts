import type { BatchEventResponse, BatchEventResult } from '@mosaicstack/telemetry-client/protocol'

import { type EventRows, toEventRows } from '../storage/event-rows.ts'
import { type ApiKey, AppendedRow, type AppendedRows } from '../storage/store.ts'
import type { CommitOutcome, GroupCommit } from './group-commit.ts'
import type { Intake, Refusal, StorableEvent, Step } from './intake.ts'

/** What became of a request. */
export type IngestOutcome =
  | { readonly kind: 'answered'; readonly response: BatchEventResponse }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | Exclude<EventCommitOutcome, { kind: 'stored' }>

type EventCommitOutcome = CommitOutcome<AppendedRows>

/** Commits events of many requests together. */
export type EventCommits = GroupCommit<EventRows, AppendedRows>

export type IngestEvents = (
  key: Pick<ApiKey, 'instanceId' | 'instanceNo'>,
  events: readonly unknown[],
) => Promise<IngestOutcome>

/** The path of events from a parsed body to the answer: steps, then group commit. */
export function ingestEvents(
  steps: readonly (readonly [name: string, step: Step])[],
  commits: EventCommits,
  nowMs: () => number,
): IngestEvents {
  return async (key, events) => {
    const intake: Intake = {
      instanceId: key.instanceId,
      instanceNo: key.instanceNo,
      receivedAtMs: nowMs(),
      events,
      results: events.map(() => undefined),
      storable: events.map(() => undefined),
    }
    for (const [, step] of steps) {
      const refusal = step(intake)
      if (refusal !== undefined) return { kind: 'refused', refusal }
    }
    return store(intake, commits)
  }
}

async function store(intake: Intake, commits: EventCommits): Promise<IngestOutcome> {
  const storable = intake.storable.filter((event) => event !== undefined)
  if (storable.length > 0) {
    const outcome = await commits.commit(toEventRows(intake, storable, intake.receivedAtMs))
    if (outcome.kind !== 'stored') return outcome
    if (outcome.result.includes(AppendedRow.INSTANCE_DELETED))
      return { kind: 'refused', refusal: INSTANCE_DELETED }

    let row = 0
    for (const [index, event] of intake.storable.entries()) {
      if (event !== undefined)
        intake.results[index] = storedResult(event, outcome.result[row++] === AppendedRow.STORED)
    }
  }
  return { kind: 'answered', response: summarise(intake.results as BatchEventResult[]) }
}

/** The answer that its next request gets from the key alone. */
const INSTANCE_DELETED: Refusal = {
  code: 'unauthenticated',
  message: 'the instance of this API key was deleted; nothing was stored',
  details: [],
}

function storedResult(event: StorableEvent, isNew: boolean): BatchEventResult {
  return isNew
    ? { event_id: event.event_id, status: 'accepted', error: null }
    : { event_id: event.event_id, status: 'rejected', error: 'duplicate event_id', code: 'duplicate' }
}

function summarise(results: readonly BatchEventResult[]): BatchEventResponse {
  let accepted = 0
  for (const result of results) if (result.status === 'accepted') accepted++
  return { accepted, rejected: results.length - accepted, results }
}
