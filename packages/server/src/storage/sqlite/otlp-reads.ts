import type { StoredOtlpRequest } from '@mosaicstack/telemetry-client/protocol'

import { NO_SESSION, otlpRequestColumns } from '../otlp-rows.ts'
import type {
  OpenOtlpSession,
  OpenOtlpSessionQuery,
  OtlpMarkKind,
  OtlpRequestQuery,
  OtlpSession,
  OtlpSessionQuery,
  OtlpSessionWork,
} from '../otlp-store.ts'
import type { SqliteDriver, SqliteRow } from './driver.ts'
import { readTransaction } from './transaction.ts'

const REQUEST_COLUMNS = ['request_no', 'session_id', 'ended_at_ms', ...otlpRequestColumns].join(', ')

export function openOtlpRequests(
  database: SqliteDriver,
): (query: OtlpRequestQuery) => readonly StoredOtlpRequest[] {
  const select = database.prepare(
    `SELECT ${REQUEST_COLUMNS} FROM otlp_requests JOIN otlp_sessions AS session USING (session_no)
      WHERE session.instance_no = ? AND session_id = ? AND request_no > ?
      ORDER BY request_no LIMIT ?`,
  )
  return ({ instanceNo, sessionId, afterPosition, limit }) =>
    select.all(instanceNo, sessionId, afterPosition, limit).map(toRequest)
}

export function openOtlpSessionList(
  database: SqliteDriver,
): (query: OtlpSessionQuery) => readonly OtlpSession[] {
  const select = database.prepare(
    `SELECT session_no, session_id, heard_at_ms, claimed_until_ms FROM otlp_sessions
      WHERE instance_no = ? AND session_no > ? AND (? IS NULL OR session_id = ?)
      ORDER BY session_no LIMIT ?`,
  )
  const sums = database.prepare(
    `SELECT count(*) AS count, coalesce(sum(fresh_input_tokens), 0) AS fresh,
            coalesce(sum(cache_read_tokens), 0) AS read, coalesce(sum(cache_write_tokens), 0) AS written,
            coalesce(sum(output_tokens), 0) AS output, coalesce(sum(cost_usd_micros), 0) AS cost,
            count(*) - count(cost_usd_micros) AS without_cost
       FROM otlp_requests WHERE session_no = ?`,
  )
  const totals = database.prepare(
    'SELECT type, sum(value) AS value FROM otlp_points WHERE session_no = ? GROUP BY type',
  )
  return ({ instanceNo, sessionId = null, afterSessionNo, limit }) =>
    readTransaction(database, () =>
      select.all(instanceNo, afterSessionNo, sessionId, sessionId, limit).map((row) => {
        const sessionNo = Number(row['session_no'])
        return {
          sessionNo,
          sessionId: String(row['session_id']),
          heardAtMs: Number(row['heard_at_ms']),
          claimedUntilMs: Number(row['claimed_until_ms']),
          requests: toSums(sums.get(sessionNo)),
          totals: Object.fromEntries(
            totals.all(sessionNo).map(({ type, value }) => [String(type), Number(value)]),
          ),
        }
      }),
    )
}

export function openOtlpOpenSessions(
  database: SqliteDriver,
): (query: OpenOtlpSessionQuery) => readonly OpenOtlpSession[] {
  const select = database.prepare(
    `SELECT session_no, session_id, session.instance_no, instance_id, heard_at_ms
       FROM (SELECT DISTINCT session_no FROM otlp_requests WHERE settled = 0 AND session_no > ?)
       JOIN otlp_sessions AS session USING (session_no)
       JOIN instances USING (instance_no)
      WHERE claimed_until_ms <= ?
      ORDER BY session_no LIMIT ?`,
  )
  return ({ nowMs, afterSessionNo, limit }) =>
    select.all(afterSessionNo, nowMs, limit).map((row) => ({
      sessionNo: Number(row['session_no']),
      sessionId: String(row['session_id']),
      instanceNo: Number(row['instance_no']),
      instanceId: String(row['instance_id']),
      heardAtMs: Number(row['heard_at_ms']),
    }))
}

export function openOtlpWork(database: SqliteDriver): (sessionNo: number) => OtlpSessionWork {
  const requests = database.prepare(
    `SELECT ${REQUEST_COLUMNS} FROM otlp_requests JOIN otlp_sessions USING (session_no)
      WHERE session_no = ? AND settled = 0 ORDER BY request_no`,
  )
  const marks = database.prepare(
    `SELECT session_id, kind, prompt_id, at_ms, sequence, received_at_ms
       FROM otlp_marks JOIN otlp_sessions USING (session_no) WHERE session_no = ? ORDER BY at_ms, sequence`,
  )
  const prompts = database.prepare('SELECT prompt_id FROM otlp_settled_prompts WHERE session_no = ?')
  return (sessionNo) =>
    readTransaction(database, () => ({
      requests: requests.all(sessionNo).map(toRequest),
      marks: marks.all(sessionNo).map((row) => ({
        sessionId: String(row['session_id']),
        kind: row['kind'] as OtlpMarkKind,
        promptId: row['prompt_id'] as string | null,
        atMs: Number(row['at_ms']),
        sequence: Number(row['sequence']),
        receivedAtMs: Number(row['received_at_ms']),
      })),
      settledPromptIds: prompts.all(sessionNo).map((row) => String(row['prompt_id'])),
    }))
}

function toRequest(row: SqliteRow): StoredOtlpRequest {
  const columns = Object.fromEntries(otlpRequestColumns.map((name) => [name, row[name] ?? null]))
  const sessionId = String(row['session_id'])
  return {
    position: Number(row['request_no']),
    session_id: sessionId === NO_SESSION ? null : sessionId,
    ended_at: new Date(Number(row['ended_at_ms'])).toISOString(),
    ...(columns as unknown as Omit<StoredOtlpRequest, 'position' | 'session_id' | 'ended_at'>),
  }
}

function toSums(row: SqliteRow | undefined): OtlpSession['requests'] {
  const number = (name: string) => Number(row?.[name] ?? 0)
  return {
    count: number('count'),
    freshInputTokens: number('fresh'),
    cacheReadTokens: number('read'),
    cacheWriteTokens: number('written'),
    outputTokens: number('output'),
    costUsdMicros: number('cost'),
    withoutCost: number('without_cost'),
  }
}
