import { type RequestSource, SOURCE_BITS } from '../ledger/request-rows.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { SqliteRow } from '../ledger/sqlite-driver.ts'
import type { MissingPart } from '../log-facts.ts'
import type { Completeness, TaskCost } from '../tasks/task-record.ts'
import { addTokens, NO_TOKENS, type TokenCounts } from '../tokens.ts'
import { localDays, QUARTER_HOUR_MS } from './local-days.ts'
import { type TaskJudge, taskJudge, type TaskOutcomes } from './task-outcomes.ts'

export const SPEND_DIMENSIONS = [
  'day',
  'week',
  'month',
  'model',
  'provider',
  'project',
  'branch',
  'harness',
  'task_type',
  'session',
] as const
export type SpendDimension = (typeof SPEND_DIMENSIONS)[number]

export interface SpendQuery {
  /** One group for every combination; none is one group for all. */
  readonly by: readonly SpendDimension[]
  /** Requests answered at this time or later. */
  readonly fromMs?: number | undefined
  /** Requests answered before. */
  readonly toMs?: number | undefined
  /** Whose days are meant: an IANA name. Default: the machine's. */
  readonly timeZone?: string | undefined
  readonly harness?: string | undefined
  readonly project?: string | undefined
  readonly session?: string | undefined
  /** As the provider spells it. */
  readonly model?: string | undefined
  /** Also how the tasks ended, and how far they were from what was expected. Reads every task of the groups. */
  readonly withOutcomes?: boolean | undefined
}

export interface SpendGroup {
  /** In the order of the question; null for what belongs to no task, and so to no project, branch or task type. */
  readonly keys: Readonly<Partial<Record<SpendDimension, string | null>>>
  readonly requests: number
  readonly firstAtMs: number
  readonly lastAtMs: number
  /** Tasks with a request in the group. */
  readonly tasks: number
  /** Of the whole tasks, also where only some of their requests are in the group; undefined where nobody asked. */
  readonly outcomes: TaskOutcomes | undefined
  readonly tokens: TokenCounts
  readonly cost: TaskCost
  /** All tokens of the requests without a known price. */
  readonly unpricedTokens: number
  readonly completeness: Completeness
}

/** What was spent, in groups, in the order of their keys. Project and branch are in it: for this machine's eyes only. */
export function spend(ledger: Ledger, query: SpendQuery): readonly SpendGroup[] {
  const days = localDays(query.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
  const judge = query.withOutcomes === true ? taskJudge(ledger) : undefined
  const groups = new Map<string, Group>()
  for (const row of readSums(ledger, query)) {
    const values = query.by.map((dimension) => valueOf(dimension, row, days))
    const key = JSON.stringify(values)
    const group = groups.get(key) ?? new Group(query.by, values)
    groups.set(key, group)
    group.add(row)
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group.result(judge))
}

class Group {
  readonly #keys: SpendGroup['keys']
  readonly #tasks = new Set<number>()
  readonly #missing = new Set<MissingPart>()
  #requests = 0
  #firstAtMs = Infinity
  #lastAtMs = 0
  #tokens = NO_TOKENS
  #knownNanoUsd = 0
  #unpricedRequests = 0
  #unpricedTokens = 0
  #sources = 0

  constructor(by: readonly SpendDimension[], values: readonly (string | null)[]) {
    this.#keys = Object.fromEntries(by.map((dimension, index) => [dimension, values[index] ?? null]))
  }

  add(row: SqliteRow): void {
    const count = (name: string): number => Number(row[name])
    if (row['task_no'] !== null) this.#tasks.add(count('task_no'))
    this.#requests += count('requests')
    this.#firstAtMs = Math.min(this.#firstAtMs, count('first_ms'))
    this.#lastAtMs = Math.max(this.#lastAtMs, count('last_ms'))
    this.#tokens = addTokens(this.#tokens, {
      freshInput: count('fresh_input'),
      cacheRead: count('cache_read'),
      cacheWrite5m: count('cache_write_5m'),
      cacheWrite1h: count('cache_write_1h'),
      output: count('output'),
      reasoning: count('reasoning'),
    })
    this.#knownNanoUsd += count('cost_nano_usd')
    this.#unpricedRequests += count('unpriced_requests')
    this.#unpricedTokens += count('unpriced_tokens')
    for (const [index, bit] of Object.values(SOURCE_BITS).entries()) {
      if (count(`source_${index}`) > 0) this.#sources |= bit
    }
    for (const parts of [row['task_missing'], row['session_missing']]) {
      if (parts === null || parts === '[]') continue
      for (const part of JSON.parse(String(parts)) as MissingPart[]) this.#missing.add(part)
    }
  }

  result(judge: TaskJudge | undefined): SpendGroup {
    return {
      keys: this.#keys,
      requests: this.#requests,
      firstAtMs: this.#firstAtMs,
      lastAtMs: this.#lastAtMs,
      tasks: this.#tasks.size,
      outcomes: judge?.(this.#tasks),
      tokens: this.#tokens,
      cost: { knownNanoUsd: this.#knownNanoUsd, unpricedRequests: this.#unpricedRequests },
      unpricedTokens: this.#unpricedTokens,
      completeness: {
        sources: (Object.keys(SOURCE_BITS) as RequestSource[]).filter(
          (source) => (this.#sources & SOURCE_BITS[source]) !== 0,
        ),
        missing: [...this.#missing].sort(),
      },
    }
  }
}

function valueOf(
  dimension: SpendDimension,
  row: SqliteRow,
  days: ReturnType<typeof localDays>,
): string | null {
  const atMs = Number(row['slot']) * QUARTER_HOUR_MS
  switch (dimension) {
    case 'day':
    case 'week':
    case 'month':
      return days[dimension](atMs)
    default: {
      const value = row[dimension]
      return value === null || value === undefined ? null : String(value)
    }
  }
}

const ALL_TOKENS =
  'fresh_input + cache_read + cache_write_5m + cache_write_1h + coalesce(otlp_output, repaired_output, output)'
const SOURCE_SUMS = Object.values(SOURCE_BITS)
  .map((bit, index) => `sum((sources & ${bit}) <> 0) AS source_${index}`)
  .join(', ')

/** Requests, summed as far as every question allows: by prompt, model and quarter of an hour. Names come after that. */
function readSums({ database }: Ledger, query: SpendQuery): readonly SqliteRow[] {
  const byTime = query.by.some((dimension) => ['day', 'week', 'month'].includes(dimension))
  const inner = conditions([
    // A session has few prompts, and looking those up is a hundred times as fast as walking through time.
    [`prompt_no IN (${PROMPTS_OF_SESSION})`, query.session, query.session],
    [query.session === undefined ? 'at_ms >= ?' : '+at_ms >= ?', query.fromMs],
    [query.session === undefined ? 'at_ms < ?' : '+at_ms < ?', query.toMs],
  ])
  const outer = conditions([
    ['s.harness = ?', query.harness],
    ['t.project = ?', query.project],
    ['s.session = ?', query.session],
    ['m.model = ?', query.model],
  ])
  return database
    .prepare(
      `SELECT p.task_no, s.session, s.harness, m.model, m.provider, t.project, t.branch, t.task_type,
         json_extract(t.record, '$.completeness.missing') AS task_missing, s.missing AS session_missing, sums.*
       FROM (
         SELECT prompt_no, model_no, ${byTime ? `at_ms / ${QUARTER_HOUR_MS}` : '0'} AS slot,
           count(*) AS requests, min(at_ms) AS first_ms, max(at_ms) AS last_ms,
           sum(fresh_input) AS fresh_input, sum(cache_read) AS cache_read,
           sum(cache_write_5m) AS cache_write_5m, sum(cache_write_1h) AS cache_write_1h,
           sum(coalesce(otlp_output, repaired_output, output)) AS output, sum(reasoning) AS reasoning,
           total(cost_nano_usd) AS cost_nano_usd, sum(cost_nano_usd IS NULL) AS unpriced_requests,
           sum(CASE WHEN cost_nano_usd IS NULL THEN ${ALL_TOKENS} ELSE 0 END) AS unpriced_tokens, ${SOURCE_SUMS}
         FROM requests ${inner.where} GROUP BY prompt_no, model_no, slot
       ) sums
       JOIN models m USING (model_no)
       JOIN prompts p USING (prompt_no)
       LEFT JOIN tasks t ON t.task_no = p.task_no
       JOIN sessions s ON s.session_no = coalesce(t.session_no, p.session_no)
       ${outer.where}`,
    )
    .all(...inner.values, ...outer.values)
}

/** Those of the session itself, and those of other sessions whose work counts for a task of it. */
const PROMPTS_OF_SESSION = `
  SELECT own.prompt_no FROM sessions s JOIN prompts own USING (session_no) WHERE s.session = ?
  UNION
  SELECT other.prompt_no FROM sessions s JOIN prompts own USING (session_no)
    JOIN prompts other ON other.task_no = own.prompt_no WHERE s.session = ?`

type Condition = readonly [sql: string, ...values: readonly (string | number | undefined)[]]

/** Those whose values are given. */
function conditions(all: readonly Condition[]): { where: string; values: readonly (string | number)[] } {
  const given = all.filter(([, ...values]) => !values.includes(undefined))
  return {
    where: given.length === 0 ? '' : `WHERE ${given.map(([sql]) => sql).join(' AND ')}`,
    values: given.flatMap(([, ...values]) => values).filter((value) => value !== undefined),
  }
}
