import type { Ledger } from '../ledger/ledger.ts'
import { billedOutput, readTokens, SOURCE_BITS } from '../ledger/request-rows.ts'
import type { TokenCounts } from '../tokens.ts'

export interface RequestQuery {
  readonly harness?: string | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

/** One response of a model, as a report needs it. */
export interface RequestRecord {
  readonly atMs: number
  readonly model: string
  readonly tokens: TokenCounts
  /** Undefined where its price is not known. */
  readonly costNanoUsd: number | undefined
}

/** Requests in the order of their time. What an agent only counts in its totals of a session is no request. */
export function* listRequests({ database }: Ledger, query: RequestQuery = {}): Generator<RequestRecord> {
  const { fromMs = 0, harness = null, toMs = Number.MAX_SAFE_INTEGER } = query
  const rows = database
    .prepare(
      `SELECT r.*, m.model FROM requests r JOIN models m USING (model_no)
       WHERE r.at_ms >= ? AND r.at_ms < ? AND (? IS NULL OR r.harness = ?)
         AND r.sources <> ${SOURCE_BITS.cost_state} ORDER BY r.at_ms, r.request_key`,
    )
    .iterate(fromMs, toMs, harness, harness)
  for (const row of rows) {
    const nanoUsd = row['cost_nano_usd']
    yield {
      atMs: Number(row['at_ms']),
      model: String(row['model']),
      tokens: { ...readTokens(row), output: billedOutput(row) },
      costNanoUsd: nanoUsd === null || nanoUsd === undefined ? undefined : Number(nanoUsd),
    }
  }
}

/** The model that an agent asked last for its main work; undefined where it never did. */
export function latestModel({ database }: Ledger, harness: string): string | undefined {
  const row = database
    .prepare(
      `SELECT m.model FROM requests r JOIN models m USING (model_no)
       WHERE r.harness = ? AND r.role = 'main' ORDER BY r.at_ms DESC LIMIT 1`,
    )
    .get(harness)
  return row === undefined ? undefined : String(row['model'])
}

/** The agents' ids of all sessions in the ledger. */
export function sessionIds({ database }: Ledger): ReadonlySet<string> {
  const rows = database.prepare('SELECT DISTINCT session FROM sessions').all()
  return new Set(rows.map(({ session }) => String(session)))
}
