import { parseTimestampMicros, readRunStatus } from '@mosaicstack/telemetry-client/protocol'

import type { RunQuery } from '../storage/run-store.ts'

/** What is wrong with a query: a word that means nothing (400), or a number out of range (422). */
export interface QueryProblem {
  readonly status: 400 | 422
  readonly path: string
  readonly message: string
}

export type ParsedQuery =
  | { readonly ok: true; readonly query: RunQuery }
  | { readonly ok: false; readonly problems: readonly QueryProblem[] }

type Parameters = Readonly<Record<string, unknown>>

const MAX_LIMIT = 1000
const DEFAULT_LIMIT = 100

/** Reads the query string of `GET /api/v1/runs`. An empty parameter reads as absent, a repeated one as its last. */
export function parseRunQuery(parameters: Parameters): ParsedQuery {
  const problems: QueryProblem[] = []
  const complain = (status: 400 | 422, path: string, message: string) => {
    problems.push({ status, path, message })
    return undefined
  }
  const text = (path: string) => {
    const given = parameters[path]
    const value: unknown = Array.isArray(given) ? given.at(-1) : given
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const time = (path: string) => {
    const value = text(path)
    return value === undefined
      ? undefined
      : (readTime(value) ??
          complain(400, path, 'must be an ISO 8601 date-time, such as 2026-01-31T09:30:00Z'))
  }
  const count = (path: string, fallback: number, min: number, max: number) => {
    const value = text(path)
    if (value === undefined) return fallback
    const isRight = /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max
    return isRight
      ? Number(value)
      : (complain(422, path, `must be an integer from ${min} to ${max}`) ?? fallback)
  }

  const status = text('status')
  const cursor = text('cursor')
  const query: RunQuery = {
    agentName: text('agent_name'),
    status:
      status === undefined
        ? undefined
        : (readRunStatus(status) ?? complain(400, 'status', 'is not a status')),
    jobType: text('job_type'),
    parentRunId: text('parent_run_id'),
    createdBeforeUs: time('created_before'),
    createdAfterUs: time('created_after'),
    startTimeFromUs: time('start_time_from'),
    startTimeToUs: time('start_time_to'),
    after:
      cursor === undefined
        ? undefined
        : (readCursor(cursor) ?? complain(400, 'cursor', 'is not a cursor of this API')),
    limit: count('limit', DEFAULT_LIMIT, 1, MAX_LIMIT),
    offset: count('offset', 0, 0, Number.MAX_SAFE_INTEGER),
  }
  return problems.length === 0 ? { ok: true, query } : { ok: false, problems }
}

/** Where the page after a run begins. */
export function cursorAfter(run: { readonly created_at_us: number; readonly run_no: number }): string {
  return Buffer.from(`${run.created_at_us}.${run.run_no}`).toString('base64url')
}

function readCursor(cursor: string): RunQuery['after'] {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  return match === null ? undefined : { createdAtUs: Number(match[1]), runNo: Number(match[2]) }
}

/** A filter's time: with an offset (whose + a form decoder may have made a blank), in UTC without one, or a day. */
function readTime(text: string): number | undefined {
  const time = text.replace(/ (?=\d\d:\d\d$)/, '+').replace(/^(\d{4}-\d\d-\d\d) /, '$1T')
  return (
    parseTimestampMicros(time) ??
    parseTimestampMicros(`${time}Z`) ??
    parseTimestampMicros(`${time}T00:00:00Z`)
  )
}
