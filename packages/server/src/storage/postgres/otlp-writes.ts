import {
  NO_SESSION,
  NOTHING_OF_A_DELETED_INSTANCE,
  otlpRequestColumns,
  otlpRequestValues,
} from '../otlp-rows.ts'
import type {
  KeyedOtlpRequest,
  OtlpAppended,
  OtlpBatch,
  OtlpMark,
  OtlpPoint,
  OtlpSettlement,
} from '../otlp-store.ts'
import type { Database, Session } from './session.ts'

/**
 * Stores what one body told, inside the caller's transaction. Its sessions come first and stay locked: so the requests of
 * a session are numbered in the order of commits, and whoever pages through them misses none.
 */
export async function appendOtlp(session: Session, batch: OtlpBatch): Promise<OtlpAppended> {
  // Held until the end of the transaction: a deletion waits for it, or has been.
  const instance = await session.get(
    'SELECT 1 AS is_there FROM instances WHERE instance_no = $1 FOR KEY SHARE',
    [batch.instanceNo],
  )
  if (instance === undefined) return NOTHING_OF_A_DELETED_INSTANCE
  const sessionNos = await hearSessions(session, batch)
  const sessionNoOf = (sessionId: string | null) => sessionNos.get(sessionId ?? NO_SESSION) ?? 0
  let [newRequests, newMarks, newPoints] = [0, 0, 0]
  for (const keyed of batch.requests) {
    newRequests += await appendRequest(
      session,
      batch.instanceNo,
      sessionNoOf(keyed.request.session_id),
      keyed,
    )
  }
  for (const mark of batch.marks) {
    newMarks += await appendMark(session, sessionNoOf(mark.sessionId), mark, batch.heardAtMs)
  }
  for (const point of batch.points)
    newPoints += await appendPoint(session, sessionNoOf(point.sessionId), point)
  return { newRequests, newMarks, newPoints }
}

async function hearSessions(session: Session, batch: OtlpBatch): Promise<ReadonlyMap<string, number>> {
  const sessionIds = new Set([
    ...batch.sessionIds,
    ...batch.requests.map(({ request }) => request.session_id ?? NO_SESSION),
    ...batch.marks.map(({ sessionId }) => sessionId),
    ...batch.points.map(({ sessionId }) => sessionId),
  ])
  const rows = await session.all(
    `INSERT INTO otlp_sessions (instance_no, session_id, heard_at_ms)
     SELECT $1, session_id, $3 FROM unnest($2::text[]) AS session_id ORDER BY session_id COLLATE "C"
     ON CONFLICT (instance_no, session_id)
       DO UPDATE SET heard_at_ms = greatest(otlp_sessions.heard_at_ms, excluded.heard_at_ms)
     RETURNING session_id, session_no`,
    [batch.instanceNo, [...sessionIds], batch.heardAtMs],
  )
  return new Map(rows.map((row) => [String(row['session_id']), Number(row['session_no'])]))
}

const REQUEST_COLUMNS = ['session_no', 'ended_at_ms', 'settled', ...otlpRequestColumns]
const INSERT_REQUEST = {
  name: 'append otlp request',
  text: `INSERT INTO otlp_requests (instance_no, request_key, ${REQUEST_COLUMNS.join(', ')})
    VALUES ($1, $2, ${REQUEST_COLUMNS.map((_, index) => `$${index + 3}`).join(', ')}) ON CONFLICT DO NOTHING`,
}
const REPLACE_SPAN = {
  name: 'replace otlp span',
  text: `UPDATE otlp_requests SET ${REQUEST_COLUMNS.map((name, index) => `${name} = $${index + 3}`).join(', ')}
    WHERE instance_no = $1 AND request_key = $2 AND source = 'span' AND settled = 0`,
}

async function appendRequest(
  session: Session,
  instanceNo: number,
  sessionNo: number,
  { requestKey, request }: KeyedOtlpRequest,
): Promise<number> {
  // No task can be made of a request without a session.
  const settled = Number(request.session_id === null)
  const params = [
    instanceNo,
    Buffer.from(requestKey, 'hex'),
    sessionNo,
    Date.parse(request.ended_at),
    settled,
    ...otlpRequestValues(request),
  ]
  const inserted = await session.run(INSERT_REQUEST, params)
  if (inserted === 0 && request.source === 'log') await session.run(REPLACE_SPAN, params)
  return inserted
}

const INSERT_MARK = {
  name: 'append otlp mark',
  text: `INSERT INTO otlp_marks (session_no, at_ms, sequence, kind, prompt_id, received_at_ms)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
}

function appendMark(
  session: Session,
  sessionNo: number,
  { atMs, sequence, kind, promptId }: OtlpMark,
  receivedAtMs: number,
): Promise<number> {
  return session.run(INSERT_MARK, [sessionNo, atMs, sequence, kind, promptId, receivedAtMs])
}

const UPSERT_POINT = {
  name: 'append otlp point',
  text: `INSERT INTO otlp_points (session_no, type, stream_key, start_us, end_us, value)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (session_no, type, stream_key, start_us, end_us)
      DO UPDATE SET value = excluded.value WHERE excluded.value > otlp_points.value`,
}

function appendPoint(
  session: Session,
  sessionNo: number,
  { type, streamKey, startUs, endUs, value }: OtlpPoint,
): Promise<number> {
  return session.run(UPSERT_POINT, [sessionNo, type, Buffer.from(streamKey, 'hex'), startUs, endUs, value])
}

export async function claimOtlpSession(
  database: Session,
  { instanceNo, sessionId }: { readonly instanceNo: number; readonly sessionId: string },
  untilMs: number,
): Promise<void> {
  await database.run(
    `INSERT INTO otlp_sessions (instance_no, session_id, heard_at_ms, claimed_until_ms) VALUES ($1, $2, 0, $3)
     ON CONFLICT (instance_no, session_id)
       DO UPDATE SET claimed_until_ms = greatest(otlp_sessions.claimed_until_ms, excluded.claimed_until_ms)`,
    [instanceNo, sessionId, untilMs],
  )
}

export function settleOtlp(
  database: Database,
  { sessionNo, positions, promptIds }: OtlpSettlement,
): Promise<void> {
  return database.transaction(async (session) => {
    await session.run(
      'UPDATE otlp_requests SET settled = 1 WHERE session_no = $1 AND request_no = ANY($2::bigint[])',
      [sessionNo, positions],
    )
    await session.run(
      `INSERT INTO otlp_settled_prompts (session_no, prompt_id)
       SELECT $1, prompt_id FROM unnest($2::text[]) AS prompt_id ON CONFLICT DO NOTHING`,
      [sessionNo, promptIds],
    )
  })
}
