import type {
  KeyedOtlpRequest,
  OtlpAppended,
  OtlpBatch,
  OtlpMark,
  OtlpPoint,
  OtlpSettlement,
} from '../otlp-store.ts'
import {
  NO_SESSION,
  NOTHING_OF_A_DELETED_INSTANCE,
  otlpRequestColumns,
  otlpRequestValues,
} from '../otlp-rows.ts'
import type { SqliteDriver } from './driver.ts'
import { transaction } from './transaction.ts'

/** Opens the writes of what OpenTelemetry told, to be used inside the caller's transaction. */
export function openOtlpAppender(database: SqliteDriver): (batch: OtlpBatch) => OtlpAppended {
  const hear = database.prepare(
    `INSERT INTO otlp_sessions (instance_no, session_id, heard_at_ms) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET heard_at_ms = max(heard_at_ms, excluded.heard_at_ms)
     RETURNING session_no`,
  )
  const appendRequest = openRequestWriter(database)
  const appendMark = openMarkWriter(database)
  const appendPoint = openPointWriter(database)

  const instance = database.prepare('SELECT 1 FROM instances WHERE instance_no = ?')

  return (batch) => {
    if (instance.get(batch.instanceNo) === undefined) return NOTHING_OF_A_DELETED_INSTANCE
    const sessionNos = new Map<string, number>()
    const sessionNoOf = (sessionId: string) => {
      const known = sessionNos.get(sessionId)
      if (known !== undefined) return known
      const row = hear.get(batch.instanceNo, sessionId, batch.heardAtMs)
      const sessionNo = Number(row?.['session_no'])
      sessionNos.set(sessionId, sessionNo)
      return sessionNo
    }

    for (const sessionId of batch.sessionIds) sessionNoOf(sessionId)
    let [newRequests, newMarks, newPoints] = [0, 0, 0]
    for (const keyed of batch.requests) {
      const sessionNo = sessionNoOf(keyed.request.session_id ?? NO_SESSION)
      newRequests += appendRequest(batch.instanceNo, sessionNo, keyed)
    }
    for (const mark of batch.marks) newMarks += appendMark(sessionNoOf(mark.sessionId), mark, batch.heardAtMs)
    for (const point of batch.points) newPoints += appendPoint(sessionNoOf(point.sessionId), point)
    return { newRequests, newMarks, newPoints }
  }
}

function openRequestWriter(
  database: SqliteDriver,
): (instanceNo: number, sessionNo: number, keyed: KeyedOtlpRequest) => number {
  const columns = ['session_no', 'ended_at_ms', 'settled', ...otlpRequestColumns]
  const insert = database.prepare(
    `INSERT INTO otlp_requests (instance_no, request_key, ${columns.join(', ')})
     VALUES (${['instance_no', 'request_key', ...columns].map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`,
  )
  const replaceSpan = database.prepare(
    `UPDATE otlp_requests SET ${columns.map((name) => `${name} = ?`).join(', ')}
      WHERE instance_no = ? AND request_key = ? AND source = 'span' AND settled = 0`,
  )
  return (instanceNo, sessionNo, { requestKey, request }) => {
    const key = Buffer.from(requestKey, 'hex')
    // No task can be made of a request without a session.
    const settled = Number(request.session_id === null)
    const values = [sessionNo, Date.parse(request.ended_at), settled, ...otlpRequestValues(request)]
    const inserted = insert.run(instanceNo, key, ...values)
    if (inserted === 0 && request.source === 'log') replaceSpan.run(...values, instanceNo, key)
    return inserted
  }
}

function openMarkWriter(
  database: SqliteDriver,
): (sessionNo: number, mark: OtlpMark, receivedAtMs: number) => number {
  const insert = database.prepare(
    `INSERT INTO otlp_marks (session_no, at_ms, sequence, kind, prompt_id, received_at_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  return (sessionNo, { atMs, sequence, kind, promptId }, receivedAtMs) =>
    insert.run(sessionNo, atMs, sequence, kind, promptId, receivedAtMs)
}

function openPointWriter(database: SqliteDriver): (sessionNo: number, point: OtlpPoint) => number {
  const upsert = database.prepare(
    `INSERT INTO otlp_points (session_no, type, stream_key, start_us, end_us, value) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value WHERE excluded.value > value`,
  )
  return (sessionNo, { type, streamKey, startUs, endUs, value }) =>
    upsert.run(sessionNo, type, Buffer.from(streamKey, 'hex'), startUs, endUs, value)
}

export function claimOtlpSession(
  database: SqliteDriver,
  { instanceNo, sessionId }: { readonly instanceNo: number; readonly sessionId: string },
  untilMs: number,
): void {
  database
    .prepare(
      `INSERT INTO otlp_sessions (instance_no, session_id, heard_at_ms, claimed_until_ms) VALUES (?, ?, 0, ?)
       ON CONFLICT DO UPDATE SET claimed_until_ms = max(claimed_until_ms, excluded.claimed_until_ms)`,
    )
    .run(instanceNo, sessionId, untilMs)
}

export function settleOtlp(
  database: SqliteDriver,
  { sessionNo, positions, promptIds }: OtlpSettlement,
): void {
  const settle = database.prepare(
    'UPDATE otlp_requests SET settled = 1 WHERE request_no = ? AND session_no = ?',
  )
  const remember = database.prepare(
    'INSERT INTO otlp_settled_prompts (session_no, prompt_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
  )
  transaction(database, () => {
    for (const position of positions) settle.run(position, sessionNo)
    for (const promptId of promptIds) remember.run(sessionNo, promptId)
  })
}
