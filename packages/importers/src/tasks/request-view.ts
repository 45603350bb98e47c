import { billedOutput, readTokens, SOURCE_BITS } from '../ledger/request-rows.ts'
import type { SqliteRow } from '../ledger/sqlite-driver.ts'
import type { RequestRole } from '../log-facts.ts'
import type { TokenCounts } from '../tokens.ts'

/** A request as it counts: the best that is known about it from every source. */
export interface RequestView {
  readonly requestNo: number
  readonly key: string
  readonly promptNo: number
  readonly atMs: number
  readonly model: string
  readonly provider: string
  readonly role: RequestRole
  readonly subagent: string | null
  readonly tokens: TokenCounts
  readonly isOutputPartial: boolean
  readonly isFast: boolean
  readonly webSearches: number
  readonly durationMs: number | null
  readonly contextWindow: number | null
  readonly sources: number
  readonly costNanoUsd: number | null
}

export function readRequest(row: SqliteRow): RequestView {
  const isOtlp = (Number(row['sources']) & SOURCE_BITS.otlp) !== 0
  return {
    requestNo: Number(row['request_no']),
    key: String(row['request_key']),
    promptNo: Number(row['prompt_no']),
    atMs: Number(row['at_ms']),
    model: String(row['model']),
    provider: String(row['provider']),
    role: String(row['role']) as RequestRole,
    subagent: row['subagent'] === null ? null : String(row['subagent']),
    tokens: { ...readTokens(row), output: billedOutput(row) },
    isOutputPartial: row['is_output_partial'] === 1 && !isOtlp && row['repaired_output'] === null,
    isFast: row['is_fast'] === 1,
    webSearches: Number(row['web_searches']),
    durationMs: row['duration_ms'] as number | null,
    contextWindow: row['context_window'] as number | null,
    sources: Number(row['sources']),
    costNanoUsd: row['cost_nano_usd'] as number | null,
  }
}
