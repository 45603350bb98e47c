import type { OtlpRequest } from '@mosaicstack/telemetry-client/protocol'

import { AttributeReader } from './attribute-reader.ts'
import { harnessOf, modelOf, providerOf } from './names.ts'
import type { SpanRecord } from './otlp-records.ts'
import { keyOf, type Reading } from './reading.ts'

/**
 * Spans after the GenAI conventions of OpenTelemetry, as SDKs and frameworks make them.
 *
 * - Only a call of a model counts. A span around several calls (`invoke_agent`) repeats their usage.
 * - By the conventions `input_tokens` holds the cached ones too. Older instrumentation of providers that count apart does
 *   not, which shows where the parts are more than the whole; then the number is what is fresh.
 * - A trace is one piece of work, so it stands for the prompt; the conversation, or else the trace, for the session.
 */
const MODEL_CALLS = new Set(['chat', 'generate_content', 'text_completion'])

export function readGenAiSpan(span: SpanRecord): Reading {
  const reader = new AttributeReader(span.attributes)
  const operation = reader.word('gen_ai.operation.name')
  if (operation !== undefined && !MODEL_CALLS.has(operation)) return { kind: 'ignored', name: 'gen_ai_other' }

  const inputTokens = reader.firstCount('gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens')
  const outputTokens = reader.firstCount('gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens')
  if (inputTokens === undefined && outputTokens === undefined && reader.problem === undefined) {
    return { kind: 'ignored', name: 'span_without_usage' }
  }
  const model = modelOf(reader.firstWord('gen_ai.response.model', 'gen_ai.request.model'))
  const { traceId, spanId, startMs, endMs } = span
  if (model === undefined) return { kind: 'malformed', problem: 'span: has no gen_ai.response.model' }
  if (!isId(traceId, 32) || !isId(spanId, 16)) return { kind: 'malformed', problem: 'span: has no ids' }
  if (endMs === undefined) return { kind: 'malformed', problem: 'span: has no end' }

  const request: OtlpRequest = {
    harness: harnessOf(span.service),
    session_id: reader.id('session.id') ?? reader.id('gen_ai.conversation.id') ?? traceId,
    prompt_id: reader.id('prompt.id') ?? traceId,
    request_id: reader.id('gen_ai.response.id') ?? null,
    ended_at: new Date(endMs).toISOString(),
    duration_ms: startMs === undefined ? null : Math.max(0, Math.round(endMs - startMs)),
    kind: 'main',
    query_source: null,
    agent: null,
    model,
    provider: providerOf(reader.firstWord('gen_ai.provider.name', 'gen_ai.system'), model),
    speed: null,
    ...bucketsOf(reader, inputTokens ?? 0),
    cache_write_5m_tokens: null,
    cache_write_1h_tokens: null,
    output_tokens: outputTokens ?? 0,
    reasoning_tokens:
      reader.firstCount('gen_ai.usage.reasoning.output_tokens', 'gen_ai.usage.reasoning_tokens') ?? null,
    cost_usd_micros: null,
    source: 'span',
  }
  return reader.problem === undefined
    ? { kind: 'request', request: { requestKey: keyOf(['span', traceId, spanId]), request } }
    : { kind: 'malformed', problem: `span: ${reader.problem}` }
}

function bucketsOf(reader: AttributeReader, inputTokens: number) {
  const read = reader.firstCount(
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.input_tokens.cached',
  )
  const written = reader.firstCount(
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.input_tokens.cache_write',
  )
  const cached = (read ?? 0) + (written ?? 0)
  return {
    fresh_input_tokens: cached <= inputTokens ? inputTokens - cached : inputTokens,
    cache_read_tokens: read ?? 0,
    cache_write_tokens: written ?? 0,
  }
}

function isId(id: string | undefined, digits: number): id is string {
  return id !== undefined && id.length === digits && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id)
}
