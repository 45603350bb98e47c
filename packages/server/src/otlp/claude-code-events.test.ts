import { describe, expect, it } from 'vitest'

import { isClaudeCode, readClaudeCodeEvent, readClaudeCodeSpan } from './claude-code-events.ts'
import type { LogRecord, Scalar, SpanRecord } from './otlp-records.ts'

const tokens = { input_tokens: 8, output_tokens: 218, model: 'claude-sonnet-4-6' }

describe('a request', () => {
  it('comes out with its buckets, ids and cost', () => {
    const reading = readClaudeCodeEvent(
      anEvent('api_request', {
        ...tokens,
        'prompt.id': 'prompt',
        request_id: 'req_1',
        cache_read_tokens: 4734,
        cache_creation_tokens: 3753,
        cache_creation_5m_tokens: 536,
        cache_creation_1h_tokens: 3217,
        cost_usd: 0.030177,
        cost_usd_micros: 30_177,
        duration_ms: 169,
        query_source: 'repl_main_thread',
        speed: 'normal',
      }),
    )

    expect(reading).toMatchObject({
      kind: 'request',
      request: {
        request: {
          harness: 'claude_code',
          session_id: 'session',
          prompt_id: 'prompt',
          request_id: 'req_1',
          ended_at: '2026-11-21T09:32:36.737Z',
          duration_ms: 169,
          kind: 'main',
          provider: 'anthropic',
          speed: 'standard',
          fresh_input_tokens: 8,
          cache_read_tokens: 4734,
          cache_write_tokens: 3753,
          cache_write_5m_tokens: 536,
          cache_write_1h_tokens: 3217,
          output_tokens: 218,
          cost_usd_micros: 30_177,
          source: 'log',
        },
      },
    })
  })

  it('does not invent a split of cache writes, nor a cost', () => {
    const request = requestOf({ ...tokens, cache_creation_tokens: 4734 })

    expect(request).toMatchObject({
      cache_write_tokens: 4734,
      cache_write_5m_tokens: null,
      cache_write_1h_tokens: null,
      cost_usd_micros: null,
    })
  })

  it('adds up the split where the total is missing, and rounds dollars where micro-dollars are', () => {
    const request = requestOf({
      ...tokens,
      cache_creation_5m_tokens: 1,
      cache_creation_1h_tokens: 2,
      cost_usd: 0.0000125,
    })

    expect(request).toMatchObject({ cache_write_tokens: 3, cost_usd_micros: 13 })
  })

  it.each([
    ['sdk', 'main', 'sdk', null],
    ['repl_main_thread:outputStyle:My style', 'main', 'repl_main_thread', null],
    ['agent:builtin:general-purpose', 'subagent', 'agent:builtin:general-purpose', 'general-purpose'],
    ['agent:secret-project-reviewer', 'subagent', 'agent:custom', 'custom'],
    ['compact', 'compact', 'compact', null],
    ['generate_session_title', 'auxiliary', 'generate_session_title', null],
    ['Some Words: here', 'auxiliary', 'custom', null],
    [undefined, 'main', null, null],
  ])('asked for by %s is %s', (source, kind, query_source, agent) => {
    const request = requestOf({ ...tokens, ...(source !== undefined && { query_source: source }) })

    expect(request).toMatchObject({ kind, query_source, agent })
  })

  it.each([
    [{ 'anthropic.provider': 'firstParty' }, 'claude-opus-4-6', 'anthropic'],
    [{ 'anthropic.provider': 'bedrock' }, 'claude-opus-4-6', 'custom'],
    [{ 'anthropic.provider': 'vertex' }, 'claude-opus-4-6', 'google'],
    [{}, 'us.anthropic.claude-opus-4-6-v1:0', 'custom'],
    [{}, 'claude-opus-4-6@20260101', 'google'],
    [{}, 'claude-opus-4-6', 'anthropic'],
    [{}, 'qwen3-coder', 'unknown'],
  ])('was served by whom %j says, with the model %s: %s', (said, model, provider) => {
    expect(requestOf({ ...tokens, ...said, model })).toMatchObject({ provider })
  })

  it('keeps no account number that the name of a model holds', () => {
    const model = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-6-v1:0'

    expect(requestOf({ ...tokens, model })).toMatchObject({ model: 'us.anthropic.claude-opus-4-6-v1:0' })
  })

  it('is one by its id, whatever else differs; without one by session, time and sequence', () => {
    expect(keyOf({ request_id: 'a', 'event.sequence': 1 })).toBe(
      keyOf({ request_id: 'a', 'event.sequence': 2 }),
    )
    expect(keyOf({ request_id: 'a' })).not.toBe(keyOf({ request_id: 'b' }))
    expect(keyOf({ 'event.sequence': 1 })).toBe(keyOf({ 'event.sequence': 1, output_tokens: 3 }))
    expect(keyOf({ 'event.sequence': 1 })).not.toBe(keyOf({ 'event.sequence': 2 }))
    expect(keyOf({ 'session.id': 'x' })).not.toBe(keyOf({ 'session.id': 'y' }))
    expect(keyOf({ 'event.timestamp': '2026-01-01T00:00:00Z' })).not.toBe(keyOf({}))
  })

  it.each([
    [{ input_tokens: 'many' }, 'input_tokens'],
    [{ output_tokens: -1 }, 'output_tokens'],
    [{ output_tokens: 1.5 }, 'output_tokens'],
    [{ cache_read_tokens: 1e18 }, 'cache_read_tokens'],
    [{ model: '' }, 'model'],
    [{ request_id: 'x'.repeat(200) }, 'request_id'],
    [{ 'session.id': 'a sentence with spaces' }, 'session.id'],
    [{ 'event.timestamp': 'yesterday' }, 'event.timestamp'],
  ])('is malformed with %j', (fields, name) => {
    const reading = readClaudeCodeEvent(anEvent('api_request', { ...tokens, ...fields }))

    expect(reading).toMatchObject({ kind: 'malformed', problem: expect.stringContaining(name) })
  })

  it('is read from its span, under the same key as from its event', () => {
    const span = aSpan({ ...tokens, request_id: 'req_1', cache_read_tokens: 5 })

    const reading = readClaudeCodeSpan(span)

    expect(reading).toMatchObject({
      kind: 'request',
      request: {
        requestKey: keyOf({ ...tokens, request_id: 'req_1' }),
        request: { source: 'span', cost_usd_micros: null, duration_ms: 1500, cache_read_tokens: 5 },
      },
    })
  })

  it('is not read from a span without its id, which would count it twice', () => {
    expect(readClaudeCodeSpan(aSpan(tokens))).toMatchObject({ kind: 'ignored' })
  })
})

describe('other events', () => {
  it.each([
    ['user_prompt', { 'prompt.id': 'prompt' }, 'prompt'],
    ['compaction', { success: 'true' }, 'compaction'],
    ['api_error', {}, 'api_error'],
    ['api_retries_exhausted', {}, 'api_error'],
    ['subagent_completed', { is_async: true }, 'background_end'],
  ])('of the name %s become a mark', (name, fields, kind) => {
    const reading = readClaudeCodeEvent(anEvent(name, { ...fields, 'event.sequence': '4' }))

    expect(reading).toMatchObject({
      kind: 'mark',
      mark: { sessionId: 'session', kind, sequence: 4, atMs: Date.UTC(2026, 10, 21, 9, 32, 36, 737) },
    })
  })

  it.each([
    ['user_prompt', {}],
    ['compaction', { success: 'false' }],
    ['subagent_completed', { is_async: false }],
    ['tool_result', { tool_name: 'Bash' }],
  ])('of the name %s with %j are ignored', (name, fields) => {
    expect(readClaudeCodeEvent(anEvent(name, fields))).toMatchObject({ kind: 'ignored' })
  })
})

it('knows its records by their name or their scope, and no service by its name', () => {
  const service = 'claude-code'

  expect(isClaudeCode({ ...anEvent('x', {}), service, name: undefined })).toBe(false)
  expect(isClaudeCode({ ...anEvent('x', {}), name: 'claude_code.x' })).toBe(true)
  expect(isClaudeCode({ ...anEvent('x', {}), scope: 'com.anthropic.claude_code.events' })).toBe(true)
})

function anEvent(name: string, attributes: Record<string, Scalar>): LogRecord {
  const all = {
    'event.name': name,
    'session.id': 'session',
    'event.timestamp': '2026-11-21T09:32:36.737Z',
    ...attributes,
  }
  return {
    service: 'anything',
    scope: undefined,
    name: `claude_code.${name}`,
    timeMs: 1,
    attributes: new Map(Object.entries(all)),
  }
}

function aSpan(attributes: Record<string, Scalar>): SpanRecord {
  return {
    service: 'claude-code',
    name: 'claude_code.llm_request',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    startMs: 1000,
    endMs: 2500,
    attributes: new Map(Object.entries({ 'session.id': 'session', ...attributes })),
  }
}

function readingOf(attributes: Record<string, Scalar>) {
  const reading = readClaudeCodeEvent(anEvent('api_request', attributes))
  if (reading.kind !== 'request') throw new Error(`read as ${JSON.stringify(reading)}`)
  return reading.request
}

function requestOf(attributes: Record<string, Scalar>) {
  return readingOf(attributes).request
}

function keyOf(attributes: Record<string, Scalar>): string {
  return readingOf({ ...tokens, ...attributes }).requestKey
}
