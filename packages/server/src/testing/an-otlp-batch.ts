import { createHash } from 'node:crypto'

import type { OtlpRequest } from '@mosaicstack/telemetry-client/protocol'

import type { OtlpBatch } from '../storage/otlp-store.ts'

/** A request of the session `session` and the prompt `prompt`; its `request_id` is what makes it one. */
export function anOtlpRequest(fields: Partial<OtlpRequest>): OtlpRequest {
  return {
    harness: 'claude_code',
    session_id: 'session',
    prompt_id: 'prompt',
    request_id: 'req_1',
    ended_at: '2026-11-21T09:32:36.737Z',
    duration_ms: 169,
    kind: 'main',
    query_source: 'sdk',
    agent: null,
    model: 'claude-sonnet-4-5-20250929',
    provider: 'anthropic',
    speed: 'standard',
    fresh_input_tokens: 8,
    cache_read_tokens: 0,
    cache_write_tokens: 4734,
    cache_write_5m_tokens: 676,
    cache_write_1h_tokens: 4058,
    output_tokens: 218,
    reasoning_tokens: null,
    cost_usd_micros: 30_177,
    source: 'log',
    ...fields,
  }
}

/** A batch of the instance with a number; requests are keyed by their `request_id`. */
export function anOtlpBatch(
  fields: Partial<Omit<OtlpBatch, 'requests'>> & { readonly requests?: readonly OtlpRequest[] },
): OtlpBatch {
  const requests = (fields.requests ?? []).map((request) => ({
    requestKey: keyOf(String(request.request_id)),
    request,
  }))
  return {
    instanceNo: 1,
    count: requests.length,
    heardAtMs: 0,
    marks: [],
    points: [],
    sessionIds: [],
    ...fields,
    requests,
  }
}

/** 32 hexadecimal digits that stand for a text. */
export function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
