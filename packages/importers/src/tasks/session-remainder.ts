/**
 * What an agent counted for a session beyond the requests in its log: compactions, recaps, titles. One row per model,
 * marked as coming from the agent's own totals and belonging to the session alone; it is never spread over tasks.
 */
import type { ModelTotals } from '../log-facts.ts'
import { SOURCE_BITS, usdToNano } from '../ledger/request-rows.ts'
import type { SqliteDriver, SqliteRow, SqliteStatement } from '../ledger/sqlite-driver.ts'
import type { Names } from '../ledger/names.ts'
import { canonicalModel } from '../pricing/model-names.ts'
import type { PriceTable } from '../pricing/price-table.ts'
import { addTokens, isZero, NO_TOKENS, tokensBeyond } from '../tokens.ts'
import { readRequest, REQUEST_COLUMNS, type RequestView } from './request-view.ts'

const INSERT = `INSERT INTO requests (harness, request_key, prompt_no, at_ms, model_no, role, is_sidechain,
    fresh_input, cache_read, cache_write_5m, cache_write_1h, output, reasoning,
    is_output_partial, is_fast, web_searches, sources, cost_nano_usd, cost_source)
  VALUES (?, ?, ?, ?, ?, 'auxiliary', 0, ?, ?, ?, ?, ?, ?, 0, 0, 0, ${SOURCE_BITS.cost_state}, ?, ?)`

export class SessionRemainder {
  readonly #names: Names
  readonly #prices: PriceTable
  readonly #totals: SqliteStatement
  readonly #requests: SqliteStatement
  readonly #copied: SqliteStatement
  readonly #forget: SqliteStatement
  readonly #insert: SqliteStatement

  constructor(database: SqliteDriver, names: Names, prices: PriceTable) {
    this.#names = names
    this.#prices = prices
    this.#totals = database.prepare(
      'SELECT * FROM session_totals WHERE session_no = ? ORDER BY at_ms DESC, models LIMIT 1',
    )
    this.#requests = database.prepare(
      `SELECT ${REQUEST_COLUMNS} FROM requests r JOIN prompts p USING (prompt_no) JOIN models m USING (model_no)
       WHERE p.session_no = ? AND r.at_ms < ? AND r.sources <> ${SOURCE_BITS.cost_state}`,
    )
    this.#copied = database.prepare(
      `SELECT 1 FROM prompts p LEFT JOIN prompts t ON t.prompt_no = p.task_no
       WHERE p.session_no = ? AND (p.is_copy = 1 OR t.session_no <> p.session_no) LIMIT 1`,
    )
    this.#forget = database.prepare(
      `DELETE FROM requests WHERE sources = ${SOURCE_BITS.cost_state} AND prompt_no IN
         (SELECT prompt_no FROM prompts WHERE session_no = ?)`,
    )
    this.#insert = database.prepare(INSERT)
  }

  /** Takes the remainder of a session anew; its prompts are resolved by then. */
  renew(harness: string, session: string, sessionNo: number): void {
    this.#forget.run(sessionNo)
    const totals = this.#totals.get(sessionNo)
    // Whether a fork's totals begin with those of its original is not known, so nothing is concluded from them.
    if (totals === undefined || this.#copied.get(sessionNo) !== undefined) return

    const untilMs = (totals['until_ms'] as number | null) ?? Number.MAX_SAFE_INTEGER
    const requests = this.#requests.all(sessionNo, untilMs).map(readRequest)
    for (const counted of JSON.parse(String(totals['models'])) as readonly ModelTotals[]) {
      this.#storeRemainder({ harness, session, sessionNo }, totals, counted, requests)
    }
  }

  #storeRemainder(
    { harness, session, sessionNo }: { harness: string; session: string; sessionNo: number },
    totals: SqliteRow,
    counted: ModelTotals,
    requests: readonly RequestView[],
  ): void {
    const known = requests.filter(({ model }) => canonicalModel(model) === canonicalModel(counted.model))
    const knownTokens = known.reduce((sum, request) => addTokens(sum, request.tokens), NO_TOKENS)
    const tokens = tokensBeyond(counted.tokens, knownTokens)
    if (isZero(tokens)) return
    const atMs = Number(totals['at_ms'])
    const provider = known[0]?.provider ?? 'anthropic'
    const cost = this.#costOf(counted, known, { tokens, atMs, provider })
    this.#insert.run(
      harness,
      `~totals|${session}|${counted.model}`,
      this.#names.prompt(sessionNo, ''),
      atMs,
      this.#names.model(known[0]?.model ?? counted.model, provider),
      tokens.freshInput,
      tokens.cacheRead,
      tokens.cacheWrite5m,
      tokens.cacheWrite1h,
      tokens.output,
      tokens.reasoning,
      cost ?? null,
      cost === undefined ? null : 'cost_state',
    )
  }

  /** The agent's own difference, where the prices of all the rest are known; else the price of the tokens. */
  #costOf(
    counted: ModelTotals,
    known: readonly RequestView[],
    remainder: Pick<RequestView, 'tokens' | 'atMs' | 'provider'>,
  ): number | undefined {
    const isPriced = known.every(({ costNanoUsd }) => costNanoUsd !== null)
    const knownNanoUsd = known.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0)
    const beyond = counted.costUsd === undefined ? -1 : usdToNano(counted.costUsd) - knownNanoUsd
    if (isPriced && beyond >= 0) return beyond
    return this.#prices.priceNanoUsd({ ...remainder, model: counted.model })
  }
}
