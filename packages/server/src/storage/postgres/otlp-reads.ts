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
import type { Database, Session, SqlRow } from './session.ts'

const REQUEST_COLUMNS = ['request_no', 'session_id', 'ended_at_ms', ...otlpRequestColumns].join(', ')

export async function listOtlpRequests(
  database: Session,
  { instanceNo, sessionId, afterPosition, limit }: OtlpRequestQuery,
): Promise<readonly StoredOtlpRequest[]> {
  const rows = await database.all(
    `SELECT ${REQUEST_COLUMNS} FROM otlp_requests JOIN otlp_sessions AS session USING (session_no)
      WHERE session.instance_no = $1 AND session_id = $2 AND request_no > $3
      ORDER BY request_no LIMIT $4`,
    [instanceNo, sessionId, afterPosition, limit],
  )
  return rows.map(toRequest)
}

export function listOtlpSessions(
  database: Database,
  { instanceNo, sessionId, afterSessionNo, limit }: OtlpSessionQuery,
): Promise<readonly OtlpSession[]> {
  return database.readTransaction(async (session) => {
    const rows = await session.all(
      `SELECT session_no, session_id, heard_at_ms, claimed_until_ms FROM otlp_sessions
        WHERE instance_no = $1 AND session_no > $2 AND ($3::text IS NULL OR session_id = $3)
        ORDER BY session_no LIMIT $4`,
      [instanceNo, afterSessionNo, sessionId ?? null, limit],
    )
    const sessionNos = rows.map((row) => Number(row['session_no']))
    const sums = new Map(
      (await session.all(SUMS, [sessionNos])).map((row) => [Number(row['session_no']), row]),
    )
    const totals = await session.all(TOTALS, [sessionNos])
    return rows.map((row) => {
      const sessionNo = Number(row['session_no'])
      const own = totals.filter((total) => total['session_no'] === sessionNo)
      return {
        sessionNo,
        sessionId: String(row['session_id']),
        heardAtMs: Number(row['heard_at_ms']),
        claimedUntilMs: Number(row['claimed_until_ms']),
        requests: toSums(sums.get(sessionNo)),
        totals: Object.fromEntries(own.map(({ type, value }) => [String(type), Number(value)])),
      }
    })
  })
}

const sum = (column: string) => `coalesce(sum(${column}), 0)::bigint`
const SUMS = `
  SELECT session_no, count(*) AS count, ${sum('fresh_input_tokens')} AS fresh, ${sum('cache_read_tokens')} AS read,
         ${sum('cache_write_tokens')} AS written, ${sum('output_tokens')} AS output,
         ${sum('cost_usd_micros')} AS cost, count(*) - count(cost_usd_micros) AS without_cost
    FROM otlp_requests WHERE session_no = ANY($1::bigint[]) GROUP BY session_no`
const TOTALS = `
  SELECT session_no, type, sum(value) AS value FROM otlp_points
   WHERE session_no = ANY($1::bigint[]) GROUP BY session_no, type ORDER BY type COLLATE "C"`

export async function openOtlpSessions(
  database: Session,
  { nowMs, afterSessionNo, limit }: OpenOtlpSessionQuery,
): Promise<readonly OpenOtlpSession[]> {
  const rows = await database.all(
    `SELECT session_no, session_id, session.instance_no, instance_id, heard_at_ms
       FROM (SELECT DISTINCT session_no FROM otlp_requests WHERE settled = 0 AND session_no > $1) AS open
       JOIN otlp_sessions AS session USING (session_no)
       JOIN instances USING (instance_no)
      WHERE claimed_until_ms <= $2
      ORDER BY session_no LIMIT $3`,
    [afterSessionNo, nowMs, limit],
  )
  return rows.map((row) => ({
    sessionNo: Number(row['session_no']),
    sessionId: String(row['session_id']),
    instanceNo: Number(row['instance_no']),
    instanceId: String(row['instance_id']),
    heardAtMs: Number(row['heard_at_ms']),
  }))
}

export function otlpSessionWork(database: Database, sessionNo: number): Promise<OtlpSessionWork> {
  return database.readTransaction(async (session) => ({
    requests: (
      await session.all(
        `SELECT ${REQUEST_COLUMNS} FROM otlp_requests JOIN otlp_sessions USING (session_no)
          WHERE session_no = $1 AND settled = 0 ORDER BY request_no`,
        [sessionNo],
      )
    ).map(toRequest),
    marks: (
      await session.all(
        `SELECT session_id, kind, prompt_id, at_ms, sequence, received_at_ms
           FROM otlp_marks JOIN otlp_sessions USING (session_no) WHERE session_no = $1 ORDER BY at_ms, sequence`,
        [sessionNo],
      )
    ).map((row) => ({
      sessionId: String(row['session_id']),
      kind: row['kind'] as OtlpMarkKind,
      promptId: row['prompt_id'] as string | null,
      atMs: Number(row['at_ms']),
      sequence: Number(row['sequence']),
      receivedAtMs: Number(row['received_at_ms']),
    })),
    settledPromptIds: (
      await session.all('SELECT prompt_id FROM otlp_settled_prompts WHERE session_no = $1', [sessionNo])
    ).map((row) => String(row['prompt_id'])),
  }))
}

function toRequest(row: SqlRow): StoredOtlpRequest {
  const columns = Object.fromEntries(otlpRequestColumns.map((name) => [name, row[name] ?? null]))
  const sessionId = String(row['session_id'])
  return {
    position: Number(row['request_no']),
    session_id: sessionId === NO_SESSION ? null : sessionId,
    ended_at: new Date(Number(row['ended_at_ms'])).toISOString(),
    ...(columns as unknown as Omit<StoredOtlpRequest, 'position' | 'session_id' | 'ended_at'>),
  }
}

function toSums(row: SqlRow | undefined): OtlpSession['requests'] {
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
