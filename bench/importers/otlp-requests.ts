import { readFileSync } from 'node:fs'

import type { OtlpRequest } from '@mosaicstack/telemetry-client/protocol'

type Attributes = Readonly<Record<string, string | number | undefined>>

/** The recorded `api_request` events, as a server gives them back. */
export function readOtlpRequests(file: string): readonly OtlpRequest[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => requestOf(JSON.parse(line) as Attributes))
}

function requestOf(attributes: Attributes): OtlpRequest {
  const count = (name: string): number => Number(attributes[name] ?? 0)
  const orNull = (name: string): number | null => (attributes[name] === undefined ? null : count(name))
  const source = String(attributes['query_source'])
  return {
    harness: 'claude_code',
    session_id: String(attributes['session.id']),
    prompt_id: String(attributes['prompt.id']),
    request_id: String(attributes['request_id']),
    ended_at: String(attributes['event.timestamp']),
    duration_ms: count('duration_ms'),
    kind: source === 'compact' ? 'compact' : source.startsWith('agent:') ? 'subagent' : 'main',
    query_source: source,
    agent: null,
    model: String(attributes['model']),
    provider: 'anthropic',
    speed: null,
    fresh_input_tokens: count('input_tokens'),
    cache_read_tokens: count('cache_read_tokens'),
    cache_write_tokens: count('cache_creation_tokens'),
    cache_write_5m_tokens: orNull('cache_creation_5m_tokens'),
    cache_write_1h_tokens: orNull('cache_creation_1h_tokens'),
    output_tokens: count('output_tokens'),
    reasoning_tokens: null,
    cost_usd_micros: count('cost_usd_micros'),
    source: 'log',
  }
}
