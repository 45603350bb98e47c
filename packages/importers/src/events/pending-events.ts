/**
 * Which tasks are over, and what of them is sent.
 *
 * The server keeps the first event of an id, so a task is sent once, when nothing more is expected of it:
 *
 * - nothing has been heard of it for `quietMs`, or
 * - a later task of its session has begun and nothing has been heard of it for `AFTER_SUCCESSOR_MS` (a background
 *   subagent of the earlier task may still be working), or
 * - its session was closed and nothing has been heard of it since.
 *
 * A task that changes all the same (the person comes back, telemetry arrives late) stays as it was sent; the ledger
 * counts it, so that nobody wonders.
 */
import { createHash } from 'node:crypto'

import { isUuid, type TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'

import type { Ledger } from '../ledger/ledger.ts'
import { transaction } from '../ledger/transaction.ts'
import type { TaskRecord } from '../tasks/task-record.ts'
import { estimateFor } from './estimates.ts'
import { joinSession, WHOLE_SESSION } from './session-task.ts'
import { taskEvent } from './task-event.ts'

export const QUIET_MS = 30 * 60_000
const AFTER_SUCCESSOR_MS = 2 * 60_000

export interface PendingOptions {
  readonly instanceId: string
  readonly nowMs: number
  /** How long a task that has no successor must be silent. */
  readonly quietMs?: number | undefined
  /** One event a prompt, or one a session. Decide once: the two count the same work. */
  readonly per?: 'task' | 'session' | undefined
  /** Older tasks are left alone. */
  readonly sinceMs?: number | undefined
  /** Only tasks of these agents. */
  readonly harnesses?: ReadonlySet<string> | undefined
  /** When a session was closed, where somebody was told: nothing more is expected of what it held then. */
  readonly sessionEndedAtMs?: ((harness: string, session: string) => number | undefined) | undefined
}

/** Every reason for which a task is not sent now. */
export type WithheldReason = 'not_final' | 'unpriced' | 'no_usage'

export interface ReadyEvent {
  readonly task: TaskRecord
  readonly event: TaskCompletionEvent
  readonly clamped: readonly string[]
}

export interface PendingEvents {
  /** In the order of their ends. */
  readonly ready: readonly ReadyEvent[]
  readonly withheld: Readonly<Record<WithheldReason, number>>
}

/** The events that can be sent now and were not sent yet. Sends nothing and notes nothing. */
export function pendingEvents(ledger: Ledger, options: PendingOptions): PendingEvents {
  const ready: ReadyEvent[] = []
  const withheld = { not_final: 0, unpriced: 0, no_usage: 0 }
  for (const task of unsentTasks(ledger, options)) {
    if (!isFinal(task, options)) {
      withheld.not_final++
      continue
    }
    const outcome = taskEvent(task, { ...options, estimate: estimateFor(ledger, task.prompt) })
    if (outcome.kind === 'event') ready.push({ task, event: outcome.event, clamped: outcome.clamped })
    else withheld[outcome.kind]++
  }
  return { ready, withheld }
}

/** Notes that events were handed over for good: they are never pending again. */
export function markSent(ledger: Ledger, events: readonly ReadyEvent[], nowMs: number): void {
  const insert = ledger.database.prepare(
    'INSERT INTO sent (harness, prompt, event_id, sent_at_ms, digest) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  transaction(ledger.database, () => {
    for (const { task } of events) {
      insert.run(task.harness, sentName(task), task.eventId, nowMs, digestOf(task))
    }
  })
}

/** What the events that were sent so far stand for; undefined while none was sent. */
export function sentUnit({ database }: Ledger): 'task' | 'session' | undefined {
  const row = database.prepare('SELECT prompt FROM sent LIMIT 1').get()
  if (row === undefined) return undefined
  return String(row['prompt']).endsWith(`/${WHOLE_SESSION}`) ? 'session' : 'task'
}

export interface SentSummary {
  readonly sent: number
  /** Tasks whose numbers are others now than when they were sent. */
  readonly changedSince: number
}

export function sentSummary(ledger: Ledger): SentSummary {
  const rows = ledger.database
    .prepare('SELECT s.digest, t.record FROM sent s LEFT JOIN tasks t USING (event_id)')
    .all()
  const changed = rows.filter(
    ({ digest, record }) => record !== null && digest !== digestOf(parseTask(record)),
  )
  return { sent: rows.length, changedSince: changed.length }
}

function isFinal(task: TaskRecord, options: PendingOptions): boolean {
  const { nowMs, quietMs = QUIET_MS, sessionEndedAtMs } = options
  const silentMs = nowMs - task.endedAtMs
  if (silentMs >= (task.hasSuccessor ? Math.min(AFTER_SUCCESSOR_MS, quietMs) : quietMs)) return true
  return task.endedAtMs <= (sessionEndedAtMs?.(task.harness, task.session) ?? -1)
}

function unsentTasks(ledger: Ledger, options: PendingOptions): readonly TaskRecord[] {
  const { harnesses, per = 'task', sinceMs = 0 } = options
  const rows = ledger.database.prepare(
    'SELECT record FROM tasks WHERE ended_ms >= ? ORDER BY ended_ms, event_id',
  )
  const tasks = rows
    .all(sinceMs)
    .map((row) => parseTask(row['record']))
    .filter(({ harness }) => harnesses?.has(harness) !== false)
  const units = per === 'session' ? joinSessions(tasks) : tasks
  const sent = ledger.database.prepare('SELECT 1 FROM sent WHERE harness = ? AND prompt = ?')
  return units.filter((task) => sent.get(task.harness, sentName(task)) === undefined)
}

function joinSessions(tasks: readonly TaskRecord[]): readonly TaskRecord[] {
  const sessions = new Map<string, TaskRecord[]>()
  for (const task of tasks) {
    const key = `${task.harness}\n${task.session}`
    const known = sessions.get(key)
    if (known === undefined) sessions.set(key, [task])
    else known.push(task)
  }
  return [...sessions.values()].map(joinSession)
}

/** A prompt that was copied into another session was sent already; ids that are no UUIDs repeat from session to session. */
function sentName(task: TaskRecord): string {
  return isUuid(task.prompt) ? task.prompt : `${task.session}/${task.prompt}`
}

function digestOf({ tokens, requests, cost, durationMs, ending }: TaskRecord): string {
  return createHash('sha256')
    .update(JSON.stringify([Object.values(tokens), requests, cost.knownNanoUsd, durationMs, ending]))
    .digest('base64')
}

function parseTask(record: unknown): TaskRecord {
  return JSON.parse(String(record)) as TaskRecord
}
