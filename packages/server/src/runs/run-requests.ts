import {
  describeProblem,
  type FieldProblem,
  findRunChangeProblems,
  findRunProblems,
  findTextProblem,
  type Json,
  parseTimestampMicros,
  type RunFieldRule,
  runFields,
} from '@mosaicstack/telemetry-client/protocol'

import { isTooDeep, TOO_DEEP } from './json-depth.ts'
import { runColumns, type RunFields, timeMicros, toRunValues } from '../storage/run-rows.ts'
import type { RunWrite, StoredRunEvent } from '../storage/run-store.ts'

/** A request read into a write, or everything that is wrong with it. */
export type ReadWrite =
  | { readonly ok: true; readonly write: RunWrite }
  | { readonly ok: false; readonly problems: readonly { readonly path: string; readonly message: string }[] }

/** Reads a run to be created. */
export function readNewRun(body: unknown, onRepeat: 'keep' | 'merge', nowMs: number): ReadWrite {
  const problems = findRunProblems(body).concat(findDepthProblems(body))
  if (problems.length > 0) return { ok: false, problems }

  const fields = body as RunFields
  const createdAt = String(fields.created_at ?? new Date(nowMs).toISOString())
  return {
    ok: true,
    write: {
      kind: 'create',
      values: toRunValues(fields, createdAt),
      createdAtUs: timeMicros(createdAt),
      startTimeUs: timeMicros(fields.start_time),
      updatedAtUs: nowMs * 1000,
      onRepeat,
    },
  }
}

/** Fields that a change may name, and names with a value. */
export function usableChanges(body: Readonly<Record<string, unknown>>): readonly string[] {
  return runColumns.filter((name) => {
    const rule: RunFieldRule = runFields[name]
    return !rule.immutable && body[name] !== undefined && body[name] !== null
  })
}

/** Reads changes of a run. Fields that cannot change are passed over. */
export function readRunChange(
  eventId: string,
  body: Readonly<Record<string, unknown>>,
  nowMs: number,
): ReadWrite {
  const changes = Object.fromEntries(usableChanges(body).map((name) => [name, body[name]]))
  const problems = findRunChangeProblems(changes).concat(findDepthProblems(changes))
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, write: changeOf(eventId, changes as RunFields, nowMs) }
}

/** Reads a commit to be associated with a run. */
export function readCommit(
  eventId: string,
  body: Readonly<Record<string, unknown>>,
  nowMs: number,
): ReadWrite {
  const {
    commit_hash: hash,
    commit_source: source,
    commit_author: author,
    commit_timestamp: timestamp,
  } = body
  const commit = {
    git_commit_hash: hash,
    git_commit_source: source,
    git_commit_author: author,
    git_commit_timestamp: timestamp,
  }
  const problems = findRunChangeProblems(commit).map(({ path, message }) => ({
    path: path.replace(/^git_/, ''),
    message,
  }))
  if (typeof hash !== 'string' || !/^[0-9A-Za-z]{7,64}$/.test(hash)) {
    problems.unshift({ path: 'commit_hash', message: 'must be 7 to 64 letters and digits' })
  }
  if (source === undefined || source === null)
    problems.push({ path: 'commit_source', message: 'is required' })
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, write: { ...changeOf(eventId, commit as RunFields, nowMs), isCommit: true } }
}

/** Reads entries of a run's timeline. */
export function readTimeline(eventId: string, entries: readonly unknown[], nowMs: number): ReadWrite {
  const problems = entries.flatMap((entry, index) =>
    findEntryProblems(entry).map(({ path, message }) => ({
      path: `events.${index}${path && `.${path}`}`,
      message,
    })),
  )
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    write: { kind: 'timeline', eventId, events: entries.map(toStoredEvent), updatedAtUs: nowMs * 1000 },
  }
}

/** The errors of one item, in one line. */
export function describeProblems(
  problems: readonly { readonly path: string; readonly message: string }[],
): string {
  return problems.map(describeProblem).join('; ')
}

function changeOf(eventId: string, fields: RunFields, nowMs: number): Extract<RunWrite, { kind: 'change' }> {
  return {
    kind: 'change',
    eventId,
    values: toRunValues({ ...fields, event_id: eventId }),
    isCommit: false,
    updatedAtUs: nowMs * 1000,
  }
}

const jsonColumns = runColumns.filter((name) => runFields[name].kind === 'json')

/** The protocol's table knows no depth; what is nested too deep could be stored and never be written out again. */
function findDepthProblems(fields: unknown): readonly FieldProblem[] {
  if (typeof fields !== 'object' || fields === null) return []
  return jsonColumns
    .filter((name) => isTooDeep((fields as RunFields)[name]))
    .map((path) => ({ path, message: TOO_DEEP, code: 'invalid' }))
}

function findEntryProblems(entry: unknown): readonly { readonly path: string; readonly message: string }[] {
  if (typeof entry !== 'object' || entry === null) return [{ path: '', message: 'must be an object' }]
  const { event_type: type, timestamp, event_id: id, payload } = entry as Record<string, unknown>
  const problems = [
    { path: 'event_type', message: findTextProblem(type, 1, 255) },
    { path: 'event_id', message: id === undefined || id === null ? undefined : findTextProblem(id, 1, 255) },
    {
      path: 'timestamp',
      message:
        typeof timestamp === 'string' && parseTimestampMicros(timestamp) !== undefined
          ? undefined
          : 'must be an ISO 8601 date-time with offset, such as 2026-01-31T09:30:00Z',
    },
    { path: 'payload', message: isTooDeep(payload as Json | undefined) ? TOO_DEEP : undefined },
  ]
  return problems.flatMap(({ path, message }) => (message === undefined ? [] : [{ path, message }]))
}

function toStoredEvent(entry: unknown): StoredRunEvent {
  const { event_type, timestamp, event_id, payload } = entry as {
    event_type: string
    timestamp: string
    event_id?: string | null
    payload?: Json
  }
  return {
    eventId: event_id ?? null,
    eventType: event_type,
    timestamp,
    timestampUs: timeMicros(timestamp),
    payload: payload === undefined ? null : JSON.stringify(payload),
  }
}
