import type { OtlpRequest } from '@mosaicstack/telemetry-client/protocol'
import { expect, it } from 'vitest'

import { listPrice } from './list-price.ts'

it('prices what Claude Code has priced to the same micro-dollar', () => {
  const request = aRequest({ model: 'claude-sonnet-4-5-20250929', provider: 'anthropic' })

  // 8 tokens at 3 dollars a million, 676 at 3.75, 4 058 at 6, and 218 of output at 15.
  expect(listPrice()(request)).toBe(30_177)
})

it('takes writes whose life is not told for five minutes', () => {
  const request = aRequest({ cache_write_5m_tokens: null, cache_write_1h_tokens: null })

  expect(listPrice()(request)).toBe(Math.round(8 * 3 + 4734 * 3.75 + 218 * 15))
})

it('knows no price of a model that is on no list', () => {
  expect(listPrice()(aRequest({ model: 'in-house-coder', provider: 'custom' }))).toBeUndefined()
})

function aRequest(fields: Partial<OtlpRequest>): OtlpRequest {
  return {
    harness: 'custom',
    session_id: 'session',
    prompt_id: 'prompt',
    request_id: null,
    ended_at: '2026-11-21T09:32:36.737Z',
    duration_ms: null,
    kind: 'main',
    query_source: null,
    agent: null,
    model: 'claude-sonnet-4-5',
    provider: 'anthropic',
    speed: null,
    fresh_input_tokens: 8,
    cache_read_tokens: 0,
    cache_write_tokens: 4734,
    cache_write_5m_tokens: 676,
    cache_write_1h_tokens: 4058,
    output_tokens: 218,
    reasoning_tokens: null,
    cost_usd_micros: null,
    source: 'span',
    ...fields,
  }
}
