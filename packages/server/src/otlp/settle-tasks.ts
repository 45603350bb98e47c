import type { IngestEvents } from '../ingest/ingest-events.ts'
import type { OpenOtlpSession, OtlpStore } from '../storage/otlp-store.ts'
import type { OtlpCounters } from './otlp-counters.ts'
import { type CostOf, taskEvent } from './task-event.ts'
import { type SessionTask, tasksOfSession } from './tasks-of-session.ts'

export interface SettleParts {
  readonly store: Pick<OtlpStore, 'openOtlpSessions' | 'otlpSessionWork' | 'settleOtlp'>
  readonly ingest: Pick<IngestEvents, 'parsed'>
  readonly counters: OtlpCounters
  readonly costOf: CostOf
  readonly quietMs: number
  readonly nowMs: () => number
}

const SESSIONS_A_PAGE = 100

/**
 * Makes events of the tasks that are over, through the path that all events take.
 *
 * Always true
 * - A task's event id follows from its harness, session and prompt. Whoever makes the event, an importer or this server,
 *   makes it under that id, and the store keeps the first: a task is counted once whatever happens here.
 * - A session that an importer has claimed is left to it until the claim ends, because the importer's event says more.
 *   Then the server makes what is missing, so that nothing is lost with an importer that never came back.
 * - Requests are settled after their event is durable. A crash in between makes the event again, as a duplicate.
 */
export async function settleTasks(parts: SettleParts): Promise<void> {
  for (let afterSessionNo = 0; ;) {
    const nowMs = parts.nowMs()
    const sessions = await parts.store.openOtlpSessions({ nowMs, afterSessionNo, limit: SESSIONS_A_PAGE })
    for (const session of sessions) await settleSession(parts, session)
    const last = sessions.at(-1)
    if (last === undefined || sessions.length < SESSIONS_A_PAGE) return
    afterSessionNo = last.sessionNo
  }
}

async function settleSession(parts: SettleParts, session: OpenOtlpSession): Promise<void> {
  const { store, counters, quietMs } = parts
  const nowMs = parts.nowMs()
  const { sessionNo } = session
  const isQuiet = session.heardAtMs + quietMs <= nowMs
  const work = await store.otlpSessionWork(sessionNo)
  const { finished, apart, late } = tasksOfSession(work, { isQuiet, nowMs })

  for (const task of finished) {
    await reportTask(parts, session, task)
    await store.settleOtlp({ sessionNo, positions: task.requests.map(positionOf), promptIds: task.promptIds })
  }
  if (apart.length + late.length === 0) return
  await store.settleOtlp({ sessionNo, positions: [...apart, ...late].map(positionOf), promptIds: [] })
  counters.lateRequests(late.length)
}

/** @throws where the store takes no events now; the task stays open and is tried again. */
async function reportTask(
  { ingest, counters, costOf, nowMs }: SettleParts,
  session: OpenOtlpSession,
  task: SessionTask,
): Promise<void> {
  const made = taskEvent(task, session, costOf, nowMs())
  if (made.kind === 'unpriced') return counters.task('unpriced')

  const outcome = await ingest.parsed(session, [made.event])
  if (outcome.kind !== 'answered') throw new Error(`the event of a task could not be stored: ${outcome.kind}`)
  const [result] = outcome.response.results
  if (result?.status === 'accepted') {
    counters.task('stored')
    counters.clampedFields(made.clamped)
  } else {
    counters.task(result?.code === 'duplicate' ? 'duplicate' : 'invalid')
  }
}

function positionOf(request: { readonly position: number }): number {
  return request.position
}
