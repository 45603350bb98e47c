/**
 * Merges what OpenTelemetry told about requests with what the logs say, request by request: telemetry may have been on
 * in one run of a session and off in the next, so no session is taken from one source alone.
 *
 * - The provider's request id joins the two. Telemetry has the final output, the cost and the duration; the log has the
 *   task, the split of cache writes and everything that is no number of a request.
 * - A request that only telemetry knows (a compaction, a title) belongs to the task of its prompt id.
 * - The same request told twice is one request, in whatever order logs and telemetry are read.
 */
import type { OtlpRequest } from '@mosaicstack/telemetry-client/protocol'

import type { RequestRole } from '../log-facts.ts'
import type { PricedRequest, PriceTable } from '../pricing/price-table.ts'
import type { TokenCounts } from '../tokens.ts'
import type { Ledger } from './ledger.ts'
import type { Names } from './names.ts'
import {
  chooseCost,
  type ChosenCost,
  type KnownCosts,
  readCosts,
  readTokens,
  SOURCE_BITS,
} from './request-rows.ts'
import type { SqliteDriver, SqliteRow, SqliteStatement } from './sqlite-driver.ts'
import { transaction } from './transaction.ts'

export interface MergeReport {
  /** Requests that a log had too. */
  readonly joined: number
  /** Requests that no log has, so far. */
  readonly added: number
  /** Without a session: they belong to nothing that is kept here. */
  readonly withoutSession: number
}

/** Merges requests as `GET /v1/otlp/requests` gives them, then builds the tasks that they change. */
export function mergeOtlp(ledger: Ledger, requests: Iterable<OtlpRequest>): MergeReport {
  const merger = new OtlpMerger(ledger.database, ledger.names, ledger.prices)
  const report = { joined: 0, added: 0, withoutSession: 0 }
  transaction(ledger.database, () => {
    for (const request of requests) report[merger.merge(request)]++
  })
  ledger.tasks.buildChanged()
  return report
}

const ROLES: Readonly<Record<OtlpRequest['kind'], RequestRole>> = {
  main: 'main',
  subagent: 'subagent',
  compact: 'compaction',
  auxiliary: 'auxiliary',
}

class OtlpMerger {
  readonly #names: Names
  readonly #prices: PriceTable
  readonly #find: SqliteStatement
  readonly #join: SqliteStatement
  readonly #add: SqliteStatement
  readonly #soil: SqliteStatement

  constructor(database: SqliteDriver, names: Names, prices: PriceTable) {
    this.#names = names
    this.#prices = prices
    this.#find = database.prepare(
      `SELECT r.*, p.session_no, m.model, m.provider FROM requests r
       JOIN prompts p USING (prompt_no) JOIN models m USING (model_no)
       WHERE r.request_key >= ? AND r.request_key < ? AND r.harness = ? LIMIT 1`,
    )
    this.#join = database.prepare(
      `UPDATE requests SET sources = sources | ${SOURCE_BITS.otlp}, otlp_output = ?, otlp_nano_usd = ?,
         duration_ms = coalesce(?, duration_ms), is_fast = max(is_fast, ?), cost_nano_usd = ?, cost_source = ?
       WHERE request_no = ?`,
    )
    this.#add = database.prepare(
      `INSERT INTO requests (harness, request_key, prompt_no, at_ms, model_no, role, is_sidechain,
         fresh_input, cache_read, cache_write_5m, cache_write_1h, output, reasoning, is_output_partial,
         is_fast, web_searches, duration_ms, sources, otlp_output, otlp_nano_usd, cost_nano_usd, cost_source)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, ?, ${SOURCE_BITS.otlp}, ?, ?, ?, ?)`,
    )
    this.#soil = database.prepare('UPDATE sessions SET is_dirty = 1 WHERE session_no = ?')
  }

  merge(request: OtlpRequest): keyof MergeReport {
    if (request.session_id === null) return 'withoutSession'
    const key = otlpKey(request)
    // '}' is the character after '|': every response id of the request lies between.
    const known = this.#find.get(
      key,
      request.request_id === null ? `${key}\0` : `${request.request_id}}`,
      request.harness,
    )
    if (known === undefined) {
      this.#addRow(request, request.session_id, key)
      return 'added'
    }
    this.#joinRow(request, known)
    return (Number(known['sources']) & SOURCE_BITS.transcript) === 0 ? 'added' : 'joined'
  }

  #joinRow(request: OtlpRequest, row: SqliteRow): void {
    // Told twice with different counts, as an event and as a span: the larger one is the final one.
    const output = Math.max(request.output_tokens, Number(row['otlp_output'] ?? 0))
    const otlpNanoUsd = nanoUsdOf(request) ?? readCosts(row).otlpNanoUsd
    const tokens = { ...readTokens(row), output }
    const isFast = request.speed === 'fast' || row['is_fast'] === 1
    const cost = this.#costOf(
      { otlpNanoUsd, statedNanoUsd: readCosts(row).statedNanoUsd },
      {
        model: String(row['model']),
        provider: String(row['provider']),
        atMs: Number(row['at_ms']),
        tokens,
        isFast,
      },
    )
    this.#join.run(
      output,
      otlpNanoUsd,
      request.duration_ms,
      isFast ? 1 : 0,
      cost.nanoUsd,
      cost.source,
      Number(row['request_no']),
    )
    this.#soil.run(Number(row['session_no']))
  }

  #addRow(request: OtlpRequest, session: string, key: string): void {
    const sessionNo = this.#names.session(request.harness, session)
    const priced = { model: request.model, provider: request.provider, atMs: Date.parse(request.ended_at) }
    const isFast = request.speed === 'fast'
    const tokens = splitWrites(request, { ...priced, isFast }, this.#prices)
    const cost = this.#costOf(
      { otlpNanoUsd: nanoUsdOf(request), statedNanoUsd: null },
      { ...priced, tokens, isFast },
    )
    this.#add.run(
      request.harness,
      key,
      this.#names.prompt(sessionNo, request.kind === 'auxiliary' ? '' : (request.prompt_id ?? '')),
      priced.atMs,
      this.#names.model(request.model, request.provider),
      ROLES[request.kind],
      request.kind === 'subagent' ? 1 : 0,
      tokens.freshInput,
      tokens.cacheRead,
      tokens.cacheWrite5m,
      tokens.cacheWrite1h,
      tokens.output,
      tokens.reasoning,
      isFast ? 1 : 0,
      request.duration_ms,
      request.output_tokens,
      nanoUsdOf(request),
      cost.nanoUsd,
      cost.source,
    )
    this.#soil.run(sessionNo)
  }

  #costOf(known: KnownCosts, priced: PricedRequest): ChosenCost {
    return chooseCost(known, () => this.#prices.priceNanoUsd(priced))
  }
}

/** A request without an id is told by its place; its sender repeats the same bytes. */
function otlpKey(request: OtlpRequest): string {
  if (request.request_id !== null) return `${request.request_id}|`
  return `|otlp:${request.session_id}:${request.ended_at}:${request.model}:${request.output_tokens}`
}

function nanoUsdOf(request: OtlpRequest): number | null {
  return request.cost_usd_micros === null ? null : request.cost_usd_micros * 1000
}

/**
 * Versions before 2.1.3 do not tell cache writes of five minutes from those of an hour. They have different prices, so
 * the cost tells: it lies between that of all writes being short and that of all being long.
 */
function splitWrites(
  request: OtlpRequest,
  priced: Omit<PricedRequest, 'tokens'>,
  prices: PriceTable,
): TokenCounts {
  const tokens: TokenCounts = {
    freshInput: request.fresh_input_tokens,
    cacheRead: request.cache_read_tokens,
    cacheWrite5m:
      request.cache_write_5m_tokens ?? request.cache_write_tokens - (request.cache_write_1h_tokens ?? 0),
    cacheWrite1h: request.cache_write_1h_tokens ?? 0,
    output: request.output_tokens,
    reasoning: request.reasoning_tokens ?? 0,
  }
  const nanoUsd = nanoUsdOf(request)
  const writes = request.cache_write_tokens
  if (request.cache_write_1h_tokens !== null || nanoUsd === null || writes === 0) return tokens

  const allShort = prices.priceNanoUsd({
    ...priced,
    tokens: { ...tokens, cacheWrite5m: writes, cacheWrite1h: 0 },
  })
  const allLong = prices.priceNanoUsd({
    ...priced,
    tokens: { ...tokens, cacheWrite5m: 0, cacheWrite1h: writes },
  })
  if (allShort === undefined || allLong === undefined || allLong <= allShort) return tokens
  const cacheWrite1h = Math.round(((nanoUsd - allShort) / (allLong - allShort)) * writes)
  if (cacheWrite1h < 0 || cacheWrite1h > writes) return tokens
  return { ...tokens, cacheWrite5m: writes - cacheWrite1h, cacheWrite1h }
}
