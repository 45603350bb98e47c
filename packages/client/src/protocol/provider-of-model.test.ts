import { expect, it } from 'vitest'

import { providerOfModel } from './provider-of-model.ts'

it.each([
  ['claude-sonnet-4-5-20250929', 'anthropic'],
  ['GPT-5', 'openai'],
  ['o3-mini', 'openai'],
  ['gemini-3-pro', 'google'],
  ['devstral-small', 'mistral'],
  ['qwen3-coder', 'unknown'],
  ['olmo-2', 'unknown'],
])('knows whose model %s is: %s', (model, provider) => {
  expect(providerOfModel(model)).toBe(provider)
})
