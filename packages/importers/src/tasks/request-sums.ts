import { SOURCE_BITS } from '../ledger/request-rows.ts'
import type { SqliteRow } from '../ledger/sqlite-driver.ts'
import type { TokenCounts } from '../tokens.ts'
import type { TaskCost } from './task-record.ts'

/**
 * The requests of a task to one model, added up by SQLite: a row for every request would take three times as long.
 * Those of the main thread are apart, because only they say how full the context was.
 */
export interface RequestSum {
  readonly model: string
  readonly provider: string
  readonly isMain: boolean
  readonly requests: number
  readonly tokens: TokenCounts
  readonly cost: TaskCost
  readonly lastMs: number
  /** Input of the request with the most. */
  readonly peakContextTokens: number
  /** As the log says it, in tokens. */
  readonly contextWindow: number | undefined
  /** Requests with nothing but a placeholder for their output. */
  readonly partialOutputs: number
  readonly compactionRequests: number
  /** Bits of `SOURCE_BITS`. */
  readonly sources: number
}

const INPUT = 'r.fresh_input + r.cache_read + r.cache_write_5m + r.cache_write_1h'
const IS_PARTIAL = `r.is_output_partial = 1 AND r.repaired_output IS NULL AND (r.sources & ${SOURCE_BITS.otlp}) = 0`
const SOURCES = Object.values(SOURCE_BITS)
  .map((bit) => `max(r.sources & ${bit})`)
  .join(' | ')

/** What `readSum` needs, of `prompts p`, `requests r` and `models m`; goes with `SUM_GROUPS`. */
export const SUM_COLUMNS = `p.task_no, m.model, m.provider, r.role = 'main' AS is_main, count(*) AS requests,
  sum(r.fresh_input) AS fresh_input, sum(r.cache_read) AS cache_read, sum(r.cache_write_5m) AS cache_write_5m,
  sum(r.cache_write_1h) AS cache_write_1h, sum(coalesce(r.otlp_output, r.repaired_output, r.output)) AS output,
  sum(r.reasoning) AS reasoning, total(r.cost_nano_usd) AS known_nano_usd, sum(r.cost_nano_usd IS NULL) AS unpriced,
  max(r.at_ms) AS last_ms, max(${INPUT}) AS peak_context, max(r.context_window) AS context_window,
  sum(${IS_PARTIAL}) AS partial_outputs, sum(r.role = 'compaction') AS compaction_requests, ${SOURCES} AS sources`

export const SUM_GROUPS = 'GROUP BY p.task_no, r.model_no, is_main'

export function readSum(row: SqliteRow): RequestSum {
  const count = (name: string): number => Number(row[name])
  return {
    model: String(row['model']),
    provider: String(row['provider']),
    isMain: row['is_main'] === 1,
    requests: count('requests'),
    tokens: {
      freshInput: count('fresh_input'),
      cacheRead: count('cache_read'),
      cacheWrite5m: count('cache_write_5m'),
      cacheWrite1h: count('cache_write_1h'),
      output: count('output'),
      reasoning: count('reasoning'),
    },
    cost: { knownNanoUsd: count('known_nano_usd'), unpricedRequests: count('unpriced') },
    lastMs: count('last_ms'),
    peakContextTokens: count('peak_context'),
    contextWindow: row['context_window'] === null ? undefined : count('context_window'),
    partialOutputs: count('partial_outputs'),
    compactionRequests: count('compaction_requests'),
    sources: count('sources'),
  }
}

/** How many of something, over several sums. */
export function total(sums: readonly RequestSum[], of: (sum: RequestSum) => number): number {
  return sums.reduce((all, sum) => all + of(sum), 0)
}
