import type { RequestRole } from '../log-facts.ts'
import type { PriceTable } from '../pricing/price-table.ts'
import type { TokenCounts } from '../tokens.ts'
import type { GatheredRequest } from './gathered-facts.ts'
import type { Names } from './names.ts'
import { joinCopies, type LoggedRequest } from './request-join.ts'
import type { SqliteDriver, SqliteRow, SqliteStatement, SqliteValue } from './sqlite-driver.ts'

/** Where a request's numbers come from, as bits in `requests.sources`. */
export const SOURCE_BITS = { transcript: 1, otlp: 2, cost_state: 4, sdk: 8 } as const
export type RequestSource = keyof typeof SOURCE_BITS

const TOKEN_COLUMNS = ['fresh_input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output', 'reasoning']
const OWNER_COLUMNS = ['prompt_no', 'at_ms', 'role', 'is_sidechain', 'subagent']
const JOINED_COLUMNS = [...OWNER_COLUMNS, ...TOKEN_COLUMNS, 'is_output_partial', 'sources']
const INSERTED_COLUMNS = [
  'harness',
  'request_key',
  'model_no',
  'is_fast',
  'web_searches',
  'duration_ms',
  'context_window',
  'stated_nano_usd',
  ...JOINED_COLUMNS,
  'cost_nano_usd',
  'cost_source',
]

/** Stores what logs say about requests; what else is known about them (`otlp_…`, `repaired_…`) stays. */
export class RequestRows {
  readonly #names: Names
  readonly #prices: PriceTable
  readonly #insert: SqliteStatement
  readonly #find: SqliteStatement
  readonly #findOtlpOnly: SqliteStatement
  readonly #hasOtlpOnly: SqliteStatement
  readonly #adopt: SqliteStatement
  readonly #update: SqliteStatement

  constructor(database: SqliteDriver, names: Names, prices: PriceTable) {
    this.#names = names
    this.#prices = prices
    const places = INSERTED_COLUMNS.map(() => '?').join(', ')
    this.#insert = database.prepare(
      `INSERT INTO requests (${INSERTED_COLUMNS.join(', ')}) VALUES (${places}) ON CONFLICT DO NOTHING`,
    )
    this.#find = database.prepare(
      `SELECT r.*, p.prompt, s.session, s.session_no, m.model, m.provider
       FROM requests r JOIN prompts p USING (prompt_no) JOIN sessions s USING (session_no) JOIN models m USING (model_no)
       WHERE r.request_key = ? AND r.harness = ?`,
    )
    this.#findOtlpOnly = database.prepare(
      'SELECT request_no FROM requests WHERE request_key = ? AND harness = ?',
    )
    this.#hasOtlpOnly = database.prepare(`SELECT 1 FROM requests WHERE sources = ${SOURCE_BITS.otlp} LIMIT 1`)
    this.#adopt = database.prepare('UPDATE requests SET request_key = ? WHERE request_no = ?')
    this.#update = database.prepare(
      `UPDATE requests SET ${[...JOINED_COLUMNS, 'cost_nano_usd', 'cost_source'].map((name) => `${name} = ?`).join(', ')}
       WHERE request_no = ?`,
    )
  }

  /** Stores requests of one agent. @returns the sessions whose tasks this may change. */
  putAll(harness: string, all: Iterable<GatheredRequest>): ReadonlySet<number> {
    const sessions = new Set<number>()
    const mayWait = this.#hasOtlpOnly.get() !== undefined
    for (const request of all) {
      if (mayWait) this.#adoptFromOtlp(harness, request.key)
      for (const sessionNo of this.#put(harness, request)) sessions.add(sessionNo)
    }
    return sessions
  }

  #put(harness: string, request: GatheredRequest): readonly number[] {
    const { logged } = request
    const sessionNo = this.#names.session(harness, logged.session)
    const statedNanoUsd = request.statedCostUsd === undefined ? null : usdToNano(request.statedCostUsd)
    const cost = chooseCost({ otlpNanoUsd: null, statedNanoUsd }, () => this.#price(request, logged))
    const changes = this.#insert.run(
      harness,
      request.key,
      this.#names.model(request.model, request.provider),
      request.isFast ? 1 : 0,
      request.webSearches,
      request.durationMs ?? null,
      request.contextWindow ?? null,
      statedNanoUsd,
      ...this.#joinedValues(sessionNo, logged, SOURCE_BITS.transcript),
      cost.nanoUsd,
      cost.source,
    )
    return changes === 1 ? [sessionNo] : [sessionNo, this.#join(harness, request)]
  }

  #price(
    { model, provider, isFast, webSearches }: GatheredRequest,
    { atMs, tokens }: Pick<LoggedRequest, 'atMs' | 'tokens'>,
  ): number | undefined {
    return this.#prices.priceNanoUsd({ model, provider, isFast, webSearches, atMs, tokens })
  }

  /** OpenTelemetry does not know response ids: its row waits under the request's id alone. */
  #adoptFromOtlp(harness: string, key: string): void {
    const withoutResponse = key.slice(0, key.indexOf('|') + 1)
    if (withoutResponse === '|' || withoutResponse === key) return
    const waiting = this.#findOtlpOnly.get(withoutResponse, harness)
    if (waiting !== undefined) this.#adopt.run(key, Number(waiting['request_no']))
  }

  #join(harness: string, request: GatheredRequest): number {
    const row = this.#find.get(request.key, harness)
    if (row === undefined) throw new Error(`request ${request.key} is stored and cannot be found`)
    const sources = Number(row['sources'])
    const isLogged = (sources & SOURCE_BITS.transcript) !== 0
    const joined = isLogged ? joinCopies(readLogged(row), request.logged) : request.logged
    const tokens = { ...joined.tokens, output: billedOutput(row, joined.tokens.output) }
    const cost = chooseCost(readCosts(row), () => this.#price(request, { atMs: joined.atMs, tokens }))
    this.#update.run(
      ...this.#joinedValues(
        this.#names.session(harness, joined.session),
        joined,
        sources | SOURCE_BITS.transcript,
      ),
      cost.nanoUsd,
      cost.source,
      Number(row['request_no']),
    )
    return Number(row['session_no'])
  }

  #joinedValues(sessionNo: number, logged: LoggedRequest, sources: number): readonly SqliteValue[] {
    const { tokens } = logged
    return [
      this.#names.prompt(sessionNo, logged.prompt),
      logged.atMs,
      logged.role,
      logged.isSidechain ? 1 : 0,
      logged.subagent,
      tokens.freshInput,
      tokens.cacheRead,
      tokens.cacheWrite5m,
      tokens.cacheWrite1h,
      tokens.output,
      tokens.reasoning,
      logged.isOutputPartial ? 1 : 0,
      sources,
    ]
  }
}

function readLogged(row: SqliteRow): LoggedRequest {
  return {
    session: String(row['session']),
    prompt: String(row['prompt']),
    atMs: Number(row['at_ms']),
    role: String(row['role']) as RequestRole,
    isSidechain: row['is_sidechain'] === 1,
    subagent: row['subagent'] === null ? null : String(row['subagent']),
    tokens: readTokens(row),
    isOutputPartial: row['is_output_partial'] === 1,
  }
}

/** The tokens as the log has them. */
export function readTokens(row: SqliteRow): TokenCounts {
  return {
    freshInput: Number(row['fresh_input']),
    cacheRead: Number(row['cache_read']),
    cacheWrite5m: Number(row['cache_write_5m']),
    cacheWrite1h: Number(row['cache_write_1h']),
    output: Number(row['output']),
    reasoning: Number(row['reasoning']),
  }
}

/** The output that counts: what telemetry says, else the repaired count, else the log's. */
export function billedOutput(row: SqliteRow, loggedOutput = Number(row['output'])): number {
  return Number(row['otlp_output'] ?? row['repaired_output'] ?? loggedOutput)
}

export interface KnownCosts {
  readonly otlpNanoUsd: number | null
  readonly statedNanoUsd: number | null
}

export function readCosts(row: SqliteRow): KnownCosts {
  return {
    otlpNanoUsd: row['otlp_nano_usd'] as number | null,
    statedNanoUsd: row['stated_nano_usd'] as number | null,
  }
}

export interface ChosenCost {
  readonly nanoUsd: number | null
  readonly source: CostSource | null
}

export type CostSource = 'otlp' | 'stated' | 'price_table' | 'cost_state'

/** Half a micro-dollar: as far as telemetry's rounding can be off. */
const ROUNDING_NANO_USD = 500

/**
 * What the provider's client reported before what the agent wrote down, before our own list of prices. Telemetry rounds
 * to micro-dollars; where our own price rounds to the same, it is the exact one.
 */
export function chooseCost(known: KnownCosts, priced: () => number | undefined): ChosenCost {
  if (known.otlpNanoUsd !== null) {
    const exact = priced() ?? Number.NaN
    const isSame = Math.abs(exact - known.otlpNanoUsd) <= ROUNDING_NANO_USD
    return { nanoUsd: isSame ? exact : known.otlpNanoUsd, source: 'otlp' }
  }
  if (known.statedNanoUsd !== null) return { nanoUsd: known.statedNanoUsd, source: 'stated' }
  const nanoUsd = priced()
  return nanoUsd === undefined ? { nanoUsd: null, source: null } : { nanoUsd, source: 'price_table' }
}

export function usdToNano(usd: number): number {
  return Math.round(usd * 1e9)
}
