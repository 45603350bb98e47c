import type { CommitOutcome, GroupCommit } from '../ingest/group-commit.ts'
import type { OtlpAppended, OtlpBatch } from '../storage/otlp-store.ts'
import type { ApiKey } from '../storage/store.ts'
import type { OtlpCounters } from './otlp-counters.ts'
import { type BodyReading, readBody, type Signal } from './read-batch.ts'

/** Commits what many bodies told together. */
export type OtlpCommits = GroupCommit<OtlpBatch, OtlpAppended>

/** What became of a body. */
export type OtlpOutcome =
  /** Everything in it that is kept is durable, or was before. */
  | { readonly kind: 'received'; readonly malformed: number; readonly problem: string | undefined }
  /** It is no request of that kind. */
  | { readonly kind: 'unreadable' }
  | Exclude<CommitOutcome<OtlpAppended>, { kind: 'stored' }>

export type ReceiveOtlp = (
  key: Pick<ApiKey, 'instanceNo'>,
  signal: Signal,
  body: unknown,
) => Promise<OtlpOutcome>

/** The path of a body from its decoded form to the answer: read, then group commit, then counters. */
export function receiveOtlp(commits: OtlpCommits, counters: OtlpCounters, nowMs: () => number): ReceiveOtlp {
  return async ({ instanceNo }, signal, body) => {
    const reading = readBody(signal, body, { instanceNo, nowMs: nowMs() })
    if (reading === undefined) return { kind: 'unreadable' }

    const { batch, malformed, problem } = reading
    if (batch.count > 0 || batch.sessionIds.length > 0) {
      const outcome = await commits.commit(batch)
      if (outcome.kind !== 'stored') return outcome
      countStored(counters, signal, batch, outcome.result)
    }
    countOthers(counters, signal, reading)
    return { kind: 'received', malformed, problem }
  }
}

function countStored(
  counters: OtlpCounters,
  signal: Signal,
  { requests, marks, points }: OtlpBatch,
  { newRequests, newMarks, newPoints }: OtlpAppended,
): void {
  const accepted = newRequests + newMarks + newPoints
  counters.records(signal, 'accepted', accepted)
  counters.records(signal, 'duplicate', requests.length + marks.length + points.length - accepted)
}

function countOthers(counters: OtlpCounters, signal: Signal, { malformed, ignored }: BodyReading): void {
  counters.records(signal, 'malformed', malformed)
  for (const [name, count] of ignored) {
    counters.records(signal, 'ignored', count)
    counters.ignored(signal, name, count)
  }
}
