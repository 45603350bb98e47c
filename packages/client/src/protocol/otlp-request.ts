import type { Provider } from './enums.ts'

/**
 * One model request as OpenTelemetry told it: numbers, ids and enumerations, never a text that a person wrote. The
 * five buckets of tokens are disjoint, so that all input is their sum without the output.
 */
export interface OtlpRequest {
  /** The harness's true name: `claude_code`, else the `service.name` that it reported. */
  harness: string
  /** `null` where the sender names no session. */
  session_id: string | null
  /** The prompt that it works for; with spans that name none, their trace. */
  prompt_id: string | null
  /** The provider's id of the response, the same as in a transcript. */
  request_id: string | null
  /** When the answer was complete, RFC 3339 in UTC with milliseconds. */
  ended_at: string
  duration_ms: number | null
  kind: OtlpRequestKind
  /** What asked for it, where that is an enumeration of the harness: `repl_main_thread`, `agent:builtin:explore`. */
  query_source: string | null
  /** The name of a subagent that comes with the harness; `custom` for all others. */
  agent: string | null
  model: string
  provider: Provider
  speed: 'fast' | 'standard' | null
  /** Input that was neither read from a cache nor written to one. */
  fresh_input_tokens: number
  cache_read_tokens: number
  /** All cache writes. The two below are `null` where the sender does not tell them apart. */
  cache_write_tokens: number
  cache_write_5m_tokens: number | null
  cache_write_1h_tokens: number | null
  /** Reasoning included. */
  output_tokens: number
  reasoning_tokens: number | null
  /** As the sender says, in micro-dollars; `null` where it says nothing, which is not 0. */
  cost_usd_micros: number | null
  source: 'log' | 'span'
}

/**
 * What a request is for. `main` and `subagent` work on a prompt, `compact` makes room for that work, `auxiliary` is what
 * the harness asks for itself: titles, summaries, suggestions.
 */
export const OtlpRequestKind = {
  MAIN: 'main',
  SUBAGENT: 'subagent',
  COMPACT: 'compact',
  AUXILIARY: 'auxiliary',
} as const
export type OtlpRequestKind = (typeof OtlpRequestKind)[keyof typeof OtlpRequestKind]

/** A stored request. Positions grow within one reading; the next reading begins at the beginning. */
export interface StoredOtlpRequest extends OtlpRequest {
  position: number
}

/** The answer of `GET /v1/otlp/requests`. */
export interface OtlpRequestPage {
  requests: readonly StoredOtlpRequest[]
  /** What to send as `after` for the next page; `null` on the last. */
  next_after: number | null
}
