import type { BatchRoute } from '../delivery/fetch-transport.ts'
import { DELIVERED, type Fate } from '../delivery/transport.ts'
import { TelemetryError } from '../telemetry-error.ts'
import { type RunIdentity, readRunWrite, type RunWrite } from './run-write.ts'

/** `POST /api/v1/runs/batch`: creates runs, and merges later records of a run into earlier ones. */
export const runsRoute: BatchRoute = {
  path: '/api/v1/runs/batch',

  wrap: (batch) => `[${batch.map((record) => JSON.stringify(runOf(readRunWrite(record)))).join(',')}]`,

  readAnswer(body, count) {
    const { errors, total } = (body ?? {}) as { readonly errors?: unknown; readonly total?: unknown }
    if (total !== count || !Array.isArray(errors)) return undefined

    // Whether an end was merged or repeated is not told, and both are delivered.
    const fates: Fate[] = Array.from({ length: count }, () => DELIVERED)
    for (const { error, index } of errors as { readonly error?: unknown; readonly index?: unknown }[]) {
      if (typeof index !== 'number' || fates[index] === undefined) return undefined
      const cause = new TelemetryError('RUN_REFUSED', String(error ?? 'no reason given'))
      fates[index] = { kind: 'refused', cause }
    }
    return fates
  },
}

/** `POST /api/v1/runs/{event_id}/associate-commit`: one commit a request. */
export function commitRoute({ event_id }: RunIdentity): BatchRoute {
  return {
    path: `/api/v1/runs/${encodeURIComponent(event_id)}/associate-commit`,

    wrap(batch) {
      const commit = batch.map(readRunWrite).find((write) => write.kind === 'commit')
      return JSON.stringify(commit?.commit)
    },

    readAnswer(body, count) {
      return speaksOf(body, event_id) && count === 1 ? [DELIVERED] : undefined
    },
  }
}

/** `POST /api/v1/runs/{event_id}/events`: entries of one run's timeline, in their order. */
export function timelineRoute({ event_id }: RunIdentity): BatchRoute {
  return {
    path: `/api/v1/runs/${encodeURIComponent(event_id)}/events`,

    wrap(batch) {
      const entries = batch.map(readRunWrite).filter((write) => write.kind === 'timeline')
      return JSON.stringify({ events: entries.map(({ event }) => event) })
    },

    readAnswer(body, count) {
      return speaksOf(body, event_id) ? Array.from({ length: count }, () => DELIVERED) : undefined
    },
  }
}

/** Of any write, what makes its run known. Without a status it is an early record: a later one takes precedence. */
function runOf(write: RunWrite): object {
  return write.kind === 'run' ? write.run : { ...write.run, created_at: write.run.start_time }
}

/** A sign-in page says 200 too. */
function speaksOf(body: unknown, eventId: string): boolean {
  return (body as { readonly event_id?: unknown } | null | undefined)?.event_id === eventId
}
