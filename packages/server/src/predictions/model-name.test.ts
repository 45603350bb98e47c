import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalModel } from './model-name.ts'

describe('canonicalModel', () => {
  it.each([
    // The way to a model: gateway, cloud, region, revision, price tag, context window.
    ['claude-sonnet-4-5', 'claude-sonnet-4-5'],
    ['Claude-Sonnet-4.5', 'claude-sonnet-4-5'],
    ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['openrouter/anthropic/claude-sonnet-4.5:beta', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0:200k', 'claude-sonnet-4-5'],
    ['bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]', 'claude-sonnet-4-5'],
    [
      'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-v1:0',
      'claude-sonnet-4-5',
    ],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['vertex_ai/claude-sonnet-4-5@default', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5[1m]', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5-latest', 'claude-sonnet-4-5'],
    [' claude-sonnet-4-5 ', 'claude-sonnet-4-5'],

    // Until Claude 3.7 the version stood before the family.
    ['claude-3-5-sonnet-latest', 'claude-sonnet-3-5'],
    ['claude-3-5-sonnet-v2@20241022', 'claude-sonnet-3-5-v2'],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-sonnet-3-5'],
    ['claude-3.7-sonnet:thinking', 'claude-sonnet-3-7-thinking'],
    ['claude-3-7-sonnet-20250219-thinking', 'claude-sonnet-3-7-thinking'],
    ['claude-3-opus-20240229', 'claude-opus-3'],
    ['claude-3-haiku', 'claude-haiku-3'],
    ['anthropic.claude-v2:1', 'claude-v2-1'],

    // Dated builds.
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['openai/gpt-4o', 'gpt-4o'],
    ['o1-2024-12-17-high', 'o1-high'],
    ['gpt-4.1', 'gpt-4-1'],
    ['gpt-5.3-codex', 'gpt-5-3-codex'],
    ['openai.gpt-oss-120b-1:0', 'gpt-oss-120b'],
    ['gemini-2.5-pro-preview-05-06', 'gemini-2-5-pro'],
    ['models/gemini-2.5-pro', 'gemini-2-5-pro'],
    ['google/gemini-2.5-pro-exp:free', 'gemini-2-5-pro'],
    ['gemini-3-flash-preview', 'gemini-3-flash'],
    ['deepseek-v3.2-exp', 'deepseek-v3-2'],
    ['us.deepseek.r1-v1:0', 'deepseek-r1'],
    ['deepseek/deepseek-r1:free', 'deepseek-r1'],

    // What changes behaviour stays.
    ['kimi-k2-0905', 'kimi-k2-0905'],
    ['moonshotai/kimi-k2-0905:exacto', 'kimi-k2-0905-exacto'],
    ['o3-mini-high', 'o3-mini-high'],
    ['o3-mini (high)', 'o3-mini-high'],
    ['llama3.1:70b', 'llama3-1-70b'],
    ['llama3.1:latest', 'llama3-1'],
    ['qwen2.5-coder:32b-instruct-q8_0', 'qwen2-5-coder-32b-instruct-q8-0'],
    ['qwen3-coder:free', 'qwen3-coder'],
    ['glm-4.6:cloud', 'glm-4-6'],
    ['gemini-1.5-pro-002', 'gemini-1-5-pro-002'],

    // Nothing left to compare.
    ['unknown', 'unknown'],
    ['custom', 'custom'],
    ['/', 'unknown'],
    ['模型', 'unknown'],
  ])('reads %s as %s', (raw, canonical) => {
    const name = canonicalModel(raw)

    expect(name).toBe(canonical)
  })

  it('leaves a canonical name as it is', () => {
    const parts =
      'claude- 3-5- 4.5 sonnet -latest -preview -05-06 -20250929 -2025-09-29 -v1:0 :free :70b @x [1m] us. anthropic. / - . : K é 0905 high'
    const spelling = fc
      .array(fc.oneof(fc.constantFrom(' ', ...parts.split(' ')), fc.string({ maxLength: 3 })), {
        maxLength: 8,
      })
      .map((chosen) => chosen.join(''))

    fc.assert(
      fc.property(spelling, (raw) => {
        const name = canonicalModel(raw)

        expect(canonicalModel(name)).toBe(name)
        expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      }),
      { numRuns: 2000 },
    )
  })
})
