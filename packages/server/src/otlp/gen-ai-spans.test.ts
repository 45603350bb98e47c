import { expect, it } from 'vitest'

import { readGenAiSpan } from './gen-ai-spans.ts'
import type { Scalar, SpanRecord } from './otlp-records.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const call = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 50,
}

it('becomes a request of its conversation and its trace, without a cost', () => {
  const request = requestOf({
    ...call,
    'gen_ai.conversation.id': 'conversation',
    'gen_ai.response.model': 'gpt-5-2026-08-07',
    'gen_ai.response.id': 'resp_1',
    'gen_ai.usage.reasoning.output_tokens': 20,
  })

  expect(request).toMatchObject({
    harness: 'custom',
    session_id: 'conversation',
    prompt_id: TRACE,
    request_id: 'resp_1',
    model: 'gpt-5-2026-08-07',
    provider: 'openai',
    ended_at: '2026-11-21T09:00:02.500Z',
    duration_ms: 1500,
    fresh_input_tokens: 1000,
    output_tokens: 50,
    reasoning_tokens: 20,
    cost_usd_micros: null,
    source: 'span',
  })
})

it('belongs to the session of its trace where it names none', () => {
  expect(requestOf(call)).toMatchObject({ session_id: TRACE, prompt_id: TRACE })
})

it('takes cached tokens out of the input, which holds them by the conventions', () => {
  const cached = {
    'gen_ai.usage.cache_read.input_tokens': 600,
    'gen_ai.usage.cache_creation.input_tokens': 300,
  }

  expect(requestOf({ ...call, ...cached })).toMatchObject({
    fresh_input_tokens: 100,
    cache_read_tokens: 600,
    cache_write_tokens: 300,
  })
})

it('takes the input as fresh where the cached tokens are more than all of it', () => {
  const cached = { 'gen_ai.usage.cache_read_input_tokens': 5000 }

  expect(requestOf({ ...call, ...cached })).toMatchObject({
    fresh_input_tokens: 1000,
    cache_read_tokens: 5000,
  })
})

it('reads the names of older conventions', () => {
  const request = requestOf({
    'gen_ai.system': 'mistral_ai',
    'gen_ai.request.model': 'devstral',
    'gen_ai.usage.prompt_tokens': '7',
    'gen_ai.usage.completion_tokens': '8',
  })

  expect(request).toMatchObject({ provider: 'mistral', fresh_input_tokens: 7, output_tokens: 8 })
})

it('is one by its trace and its span', () => {
  expect(keyOf({})).toBe(keyOf({ endMs: Date.UTC(2026, 10, 22) }))
  expect(keyOf({})).not.toBe(keyOf({ spanId: 'b7ad6b7169203332' }))
  expect(keyOf({})).not.toBe(keyOf({ traceId: TRACE.replace('0', '1') }))
})

it.each([
  ['around calls', { ...call, 'gen_ai.operation.name': 'invoke_agent' }],
  ['of a tool', { 'gen_ai.operation.name': 'execute_tool' }],
  ['without usage', { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5' }],
  ['of something else', { 'http.request.method': 'GET' }],
])('is ignored where it is one %s', (_, attributes) => {
  expect(readGenAiSpan(aSpan(attributes as Record<string, Scalar>))).toMatchObject({ kind: 'ignored' })
})

it.each([
  ['a count that is none', { ...call, 'gen_ai.usage.output_tokens': 'many' }, {}],
  ['no model', { 'gen_ai.usage.input_tokens': 1 }, {}],
  ['a sentence for a model', { ...call, 'gen_ai.request.model': 'write me a poem' }, {}],
  ['no ids', call, { traceId: undefined }],
  ['ids of zeros', call, { spanId: '0000000000000000' }],
  ['no end', call, { endMs: undefined }],
])('is malformed with %s', (_, attributes, fields) => {
  expect(readGenAiSpan(aSpan(attributes, fields))).toMatchObject({ kind: 'malformed' })
})

function aSpan(attributes: Record<string, Scalar>, fields: Partial<SpanRecord> = {}): SpanRecord {
  const endMs = Date.UTC(2026, 10, 21, 9, 0, 2, 500)
  return {
    service: 'billing-of-acme',
    name: 'chat gpt-5',
    traceId: TRACE,
    spanId: 'b7ad6b7169203331',
    startMs: endMs - 1500,
    endMs,
    attributes: new Map(Object.entries(attributes)),
    ...fields,
  }
}

function requestOf(attributes: Record<string, Scalar>) {
  const reading = readGenAiSpan(aSpan(attributes))
  if (reading.kind !== 'request') throw new Error(`read as ${JSON.stringify(reading)}`)
  return reading.request.request
}

function keyOf(ids: Partial<SpanRecord>): string {
  const reading = readGenAiSpan(aSpan(call, ids))
  return reading.kind === 'request' ? reading.request.requestKey : reading.kind
}
