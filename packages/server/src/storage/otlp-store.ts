import type { OtlpRequest, StoredOtlpRequest } from '@mosaicstack/telemetry-client/protocol'

/**
 * What the server asks of its database about model requests that OpenTelemetry told. Part of the `Store` port.
 *
 * Always true
 * - A request is stored once for each instance and key, however often and in whatever order it arrives.
 * - A log replaces the span of the same request, which knows no cost; nothing else changes a stored request.
 */
export interface OtlpStore {
  /** Stores what several bodies told in one transaction: all of it or nothing. */
  appendOtlp(batches: readonly OtlpBatch[]): Promise<OtlpAppendOutcome>
  /** In the order in which they were stored. */
  listOtlpRequests(query: OtlpRequestQuery): Promise<readonly StoredOtlpRequest[]>
  /** In the order in which they were first heard of. */
  listOtlpSessions(query: OtlpSessionQuery): Promise<readonly OtlpSession[]>
  /** Keeps the server from making tasks of a session for a while, whether or not anything of it has arrived. */
  claimOtlpSession(session: { instanceNo: number; sessionId: string }, untilMs: number): Promise<void>

  /** Sessions that nobody claims and that have requests of which no task was made, in order of `sessionNo`. */
  openOtlpSessions(query: OpenOtlpSessionQuery): Promise<readonly OpenOtlpSession[]>
  /** All that a session's tasks are made of; requests of which a task was made are left out. */
  otlpSessionWork(sessionNo: number): Promise<OtlpSessionWork>
  /** Notes that tasks were made: of these requests, and under these prompts. */
  settleOtlp(settlement: OtlpSettlement): Promise<void>
}

/** What one body told, as it is handed to the store. */
export interface OtlpBatch {
  readonly instanceNo: number
  /** Rows in it: what it costs. */
  readonly count: number
  readonly heardAtMs: number
  readonly requests: readonly KeyedOtlpRequest[]
  readonly marks: readonly OtlpMark[]
  readonly points: readonly OtlpPoint[]
  /** Every session that the body names, also in records that are not kept. */
  readonly sessionIds: readonly string[]
}

export interface KeyedOtlpRequest {
  /** What makes it one request: 32 hexadecimal digits. */
  readonly requestKey: string
  readonly request: OtlpRequest
}

/** Something between requests that a task is made with. */
export interface OtlpMark {
  readonly sessionId: string
  readonly kind: OtlpMarkKind
  readonly promptId: string | null
  readonly atMs: number
  /** Its place among the events of its process; 0 where none is given. */
  readonly sequence: number
}

/** `background_end`: a subagent that worked in the background has ended, which the harness reports to itself as a prompt. */
export type OtlpMarkKind = 'prompt' | 'compaction' | 'api_error' | 'background_end'

/** One data point of a metric that counts tokens or money. */
export interface OtlpPoint {
  readonly sessionId: string
  readonly type: OtlpTotalName
  /** The stream within its session and type: 32 hexadecimal digits. */
  readonly streamKey: string
  readonly startUs: number
  /** 0 for a cumulative stream, of which only the largest value counts. */
  readonly endUs: number
  readonly value: number
}

export const OTLP_TOTAL_NAMES = ['input', 'output', 'cache_read', 'cache_write', 'cost_usd'] as const
export type OtlpTotalName = (typeof OTLP_TOTAL_NAMES)[number]

export type OtlpAppendOutcome =
  | { readonly kind: 'stored'; readonly requests: readonly OtlpAppended[] }
  /** Nothing of it was stored; the cause is for the log, not for a client. */
  | { readonly kind: 'unavailable'; readonly cause: string }

/** How many of one batch were new. */
export interface OtlpAppended {
  readonly newRequests: number
  readonly newMarks: number
  readonly newPoints: number
}

export interface OtlpRequestQuery {
  readonly instanceNo: number
  readonly sessionId: string
  /** Exclusive. */
  readonly afterPosition: number
  readonly limit: number
}

export interface OtlpSessionQuery {
  readonly instanceNo: number
  /** Only this one. */
  readonly sessionId?: string | undefined
  /** Exclusive. */
  readonly afterSessionNo: number
  readonly limit: number
}

export interface OtlpSession {
  readonly sessionNo: number
  readonly sessionId: string
  readonly heardAtMs: number
  readonly claimedUntilMs: number
  readonly requests: OtlpSums
  /** What the metrics counted; a name is missing where they said nothing of it. */
  readonly totals: { readonly [Name in OtlpTotalName]?: number }
}

/** Sums over the requests of a session. */
export interface OtlpSums {
  readonly count: number
  readonly freshInputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly costUsdMicros: number
  /** Requests of which nobody said what they cost. */
  readonly withoutCost: number
}

export interface OpenOtlpSessionQuery {
  /** A claim counts until its end. */
  readonly nowMs: number
  /** Exclusive. */
  readonly afterSessionNo: number
  readonly limit: number
}

export interface OpenOtlpSession {
  readonly sessionNo: number
  readonly sessionId: string
  readonly instanceNo: number
  readonly instanceId: string
  readonly heardAtMs: number
}

export interface OtlpSessionWork {
  readonly requests: readonly StoredOtlpRequest[]
  readonly marks: readonly (OtlpMark & { readonly receivedAtMs: number })[]
  readonly settledPromptIds: readonly string[]
}

export interface OtlpSettlement {
  readonly sessionNo: number
  readonly positions: readonly number[]
  readonly promptIds: readonly string[]
}
