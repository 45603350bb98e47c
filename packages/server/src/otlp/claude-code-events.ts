import type { OtlpRequest, OtlpRequestKind } from '@mosaicstack/telemetry-client/protocol'

import type { OtlpMarkKind } from '../storage/otlp-store.ts'
import { AttributeReader } from './attribute-reader.ts'
import { agentOf, modelOf, providerOf, querySourceOf } from './names.ts'
import type { LogRecord, SpanRecord } from './otlp-records.ts'
import { keyOf, type Reading } from './reading.ts'

/**
 * Claude Code's events, versions 2.1.197 to 2.1.329, and the span that it makes of the same request.
 *
 * - A record is Claude Code's by the name in its body (`claude_code.api_request`) or by its scope. The service's name
 *   would not do: it can be set to anything.
 * - A request is one by its `request_id`, which the span and the transcript carry too. Without an id it is one by its
 *   session, time and sequence; the sequence alone restarts with every process.
 * - Requests come with a `prompt.id` as soon as there is a prompt; what the harness asks for itself (titles, recaps) is
 *   told by its `query_source`, which is none of those that work on a prompt.
 */
const PREFIX = 'claude_code.'
const SCOPE = 'com.anthropic.claude_code'

export function isClaudeCode({ name, scope }: LogRecord): boolean {
  return name?.startsWith(PREFIX) === true || scope?.startsWith(SCOPE) === true
}

export function readClaudeCodeEvent(log: LogRecord): Reading {
  const reader = new AttributeReader(log.attributes)
  const name = reader.word('event.name') ?? log.name?.slice(PREFIX.length) ?? ''
  const atMs = reader.time('event.timestamp') ?? log.timeMs
  switch (name) {
    case 'api_request':
      return readRequest(reader, { source: 'log', endedAtMs: atMs, durationMs: reader.count('duration_ms') })
    case 'user_prompt':
      return readMark(reader, 'prompt', atMs)
    case 'compaction':
      return reader.flag('success')
        ? readMark(reader, 'compaction', atMs)
        : { kind: 'ignored', name: 'compaction_failed' }
    case 'api_error':
    case 'api_retries_exhausted':
    case 'api_refusal':
      return readMark(reader, 'api_error', atMs)
    case 'subagent_completed':
      return reader.flag('is_async')
        ? readMark(reader, 'background_end', atMs)
        : { kind: 'ignored', name: 'subagent_completed' }
    default:
      return { kind: 'ignored', name }
  }
}

/** `claude_code.llm_request`, which knows no cost; its tokens are named as in the event. */
export function readClaudeCodeSpan(span: SpanRecord): Reading {
  if (span.name !== 'claude_code.llm_request') return { kind: 'ignored', name: 'claude_code_span' }
  const reader = new AttributeReader(span.attributes)
  // Without the id it could not be told from its own event, and would be counted twice.
  if (reader.id('request_id') === undefined) return { kind: 'ignored', name: 'claude_code_span' }
  const spanMs =
    span.endMs === undefined || span.startMs === undefined ? undefined : span.endMs - span.startMs
  const durationMs = reader.count('duration_ms') ?? spanMs
  return readRequest(reader, { source: 'span', endedAtMs: span.endMs, durationMs })
}

function readRequest(
  reader: AttributeReader,
  told: {
    readonly source: OtlpRequest['source']
    readonly endedAtMs: number | undefined
    readonly durationMs: number | undefined
  },
): Reading {
  const model = modelOf(reader.firstWord('model', 'gen_ai.request.model'))
  const sessionId = reader.id('session.id')
  const requestId = reader.id('request_id')
  const querySource = reader.word('query_source')
  const write5m = reader.count('cache_creation_5m_tokens')
  const write1h = reader.count('cache_creation_1h_tokens')
  const inputTokens = reader.count('input_tokens')
  const outputTokens = reader.count('output_tokens')
  if (inputTokens === undefined || outputTokens === undefined || model === undefined) {
    return malformed(reader, 'api_request', 'needs input_tokens, output_tokens and a model')
  }
  if (told.endedAtMs === undefined) return malformed(reader, 'api_request', 'has no time')

  const request: OtlpRequest = {
    harness: 'claude_code',
    session_id: sessionId ?? null,
    prompt_id: reader.id('prompt.id') ?? null,
    request_id: requestId ?? null,
    ended_at: new Date(told.endedAtMs).toISOString(),
    duration_ms: told.durationMs === undefined ? null : Math.max(0, Math.round(told.durationMs)),
    kind: kindOf(querySource),
    query_source: querySourceOf(querySource),
    agent: agentOf(querySource),
    model,
    provider: providerOf(reader.word('anthropic.provider'), model),
    speed: speedOf(reader.word('speed')),
    fresh_input_tokens: inputTokens,
    cache_read_tokens: reader.count('cache_read_tokens') ?? 0,
    cache_write_tokens: reader.count('cache_creation_tokens') ?? (write5m ?? 0) + (write1h ?? 0),
    cache_write_5m_tokens: write5m ?? null,
    cache_write_1h_tokens: write1h ?? null,
    output_tokens: outputTokens,
    reasoning_tokens: null,
    cost_usd_micros: costOf(reader) ?? null,
    source: told.source,
  }
  const requestKey =
    requestId === undefined
      ? keyOf(['place', sessionId ?? '', told.endedAtMs, reader.count('event.sequence') ?? 0])
      : keyOf(['id', requestId])
  return reader.problem === undefined
    ? { kind: 'request', request: { requestKey, request } }
    : malformed(reader, 'api_request', '')
}

function readMark(reader: AttributeReader, kind: OtlpMarkKind, atMs: number | undefined): Reading {
  const sessionId = reader.id('session.id')
  const promptId = reader.id('prompt.id') ?? null
  const sequence = reader.count('event.sequence') ?? 0
  if (reader.problem !== undefined || atMs === undefined) return malformed(reader, kind, 'has no time')
  if (sessionId === undefined || (kind === 'prompt' && promptId === null)) {
    return { kind: 'ignored', name: `${kind}_without_id` }
  }
  return { kind: 'mark', mark: { sessionId, kind, promptId, atMs, sequence } }
}

function kindOf(querySource: string | undefined): OtlpRequestKind {
  if (querySource === undefined || querySource === 'sdk') return 'main'
  if (querySource.startsWith('repl_main_thread')) return 'main'
  if (querySource.startsWith('agent:')) return 'subagent'
  return querySource === 'compact' ? 'compact' : 'auxiliary'
}

function speedOf(speed: string | undefined): OtlpRequest['speed'] {
  if (speed === 'fast') return 'fast'
  return speed === 'normal' || speed === 'standard' ? 'standard' : null
}

/** Micro-dollars as they are, or from dollars in versions that give no other. */
function costOf(reader: AttributeReader): number | undefined {
  const dollars = reader.amount('cost_usd')
  return reader.count('cost_usd_micros') ?? (dollars === undefined ? undefined : Math.round(dollars * 1e6))
}

function malformed(reader: AttributeReader, what: string, otherwise: string): Reading {
  return { kind: 'malformed', problem: `${what}: ${reader.problem ?? otherwise}` }
}
