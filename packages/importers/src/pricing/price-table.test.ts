import { expect, it } from 'vitest'

import { NO_TOKENS, type TokenCounts } from '../tokens.ts'
import { bundledPrices, type PricedRequest } from './price-table.ts'

const prices = bundledPrices()

function cost(model: string, tokens: Partial<TokenCounts>, rest: Partial<PricedRequest> = {}) {
  const nanoUsd = prices.priceNanoUsd({
    model,
    provider: 'anthropic',
    atMs: Date.parse('2026-06-01'),
    tokens: { ...NO_TOKENS, ...tokens },
    ...rest,
  })
  return nanoUsd === undefined ? undefined : nanoUsd / 1e9
}

it('prices each category by its own rate', () => {
  const million = 1_000_000

  expect([
    cost('claude-haiku-4-5-20251001', { freshInput: million }),
    cost('claude-haiku-4-5-20251001', { cacheRead: million }),
    cost('claude-haiku-4-5-20251001', { cacheWrite5m: million }),
    cost('claude-haiku-4-5-20251001', { cacheWrite1h: million }),
    cost('claude-haiku-4-5-20251001', { output: million }),
    cost('claude-haiku-4-5-20251001', {}, { webSearches: 1000 }),
  ]).toEqual([1, 0.1, 1.25, 2, 5, 10])
})

it('prices by the list of the day', () => {
  const tokens = { freshInput: 300_000 }

  expect(cost('claude-opus-4-6', tokens, { atMs: Date.parse('2026-03-01') })).toBe(3)
  expect(cost('claude-opus-4-6', tokens, { atMs: Date.parse('2026-04-01') })).toBe(1.5)
})

it('charges all of a request at the dearer tier once its context is long', () => {
  expect(sonnetWithContext(200_000)).toBeCloseTo(0.597 + 0.0003 + 0.015, 9)
  expect(sonnetWithContext(200_001)).toBeCloseTo((199_001 * 6 + 1000 * 0.6 + 1000 * 22.5) / 1e6, 9)
})

function sonnetWithContext(contextTokens: number) {
  return cost('claude-sonnet-4-5-20250929', {
    freshInput: contextTokens - 1000,
    cacheRead: 1000,
    output: 1000,
  })
}

it('knows what the fast mode of a model costs, and where it does not know says so', () => {
  const tokens = { freshInput: 1_000_000 }

  expect(cost('claude-opus-4-6', tokens, { isFast: true })).toBe(30)
  expect(cost('claude-sonnet-4-6', tokens, { isFast: true })).toBeUndefined()
})

it('calls an unknown model unknown, never free', () => {
  expect(cost('mock-coder', { freshInput: 1 }, { provider: 'mock' })).toBeUndefined()
  expect(cost('claude-from-the-future-9', {})).toBeUndefined()
})

it('finds a model behind the names that clouds give it', () => {
  const plain = cost('claude-sonnet-4-5-20250929', { freshInput: 1000 })

  expect(
    cost('us.anthropic.claude-sonnet-4-5-20250929-v1:0', { freshInput: 1000 }, { provider: 'bedrock' }),
  ).toBe(plain)
  expect(cost('claude-sonnet-4-5@20250929', { freshInput: 1000 }, { provider: 'vertex' })).toBe(plain)
  expect(cost('claude-sonnet-4-5-20250929[1m]', { freshInput: 1000 })).toBe(plain)
})
