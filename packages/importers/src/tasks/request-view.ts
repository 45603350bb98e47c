import { billedOutput, readTokens, SOURCE_BITS } from '../ledger/request-rows.ts'
import type { SqliteRow } from '../ledger/sqlite-driver.ts'
import type { RequestRole } from '../log-facts.ts'
import type { TokenCounts } from '../tokens.ts'

/** A request as it counts: the best that is known about it from every source. */
export interface RequestView {
  readonly requestNo: number
  readonly atMs: number
  readonly model: string
  readonly provider: string
  readonly role: RequestRole
  readonly tokens: TokenCounts
  readonly isOutputPartial: boolean
  readonly isFast: boolean
  readonly webSearches: number
  readonly contextWindow: number | null
  readonly sources: number
  readonly costNanoUsd: number | null
}

/** What `readRequest` needs, of `requests r` joined with `models m`. Every column less is a tenth of the time. */
export const REQUEST_COLUMNS = `r.request_no, r.at_ms, m.model, m.provider, r.role, r.fresh_input, r.cache_read,
  r.cache_write_5m, r.cache_write_1h, r.output, r.reasoning, r.is_output_partial, r.is_fast, r.web_searches,
  r.context_window, r.sources, r.otlp_output, r.repaired_output, r.cost_nano_usd`

export function readRequest(row: SqliteRow): RequestView {
  const isOtlp = (Number(row['sources']) & SOURCE_BITS.otlp) !== 0
  return {
    requestNo: Number(row['request_no']),
    atMs: Number(row['at_ms']),
    model: String(row['model']),
    provider: String(row['provider']),
    role: String(row['role']) as RequestRole,
    tokens: { ...readTokens(row), output: billedOutput(row) },
    isOutputPartial: row['is_output_partial'] === 1 && !isOtlp && row['repaired_output'] === null,
    isFast: row['is_fast'] === 1,
    webSearches: Number(row['web_searches']),
    contextWindow: row['context_window'] as number | null,
    sources: Number(row['sources']),
    costNanoUsd: row['cost_nano_usd'] as number | null,
  }
}
