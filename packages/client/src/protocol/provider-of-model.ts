import type { Provider } from './enums.ts'

const makers: readonly (readonly [RegExp, Provider])[] = [
  [/claude/i, 'anthropic'],
  [/gpt|codex|^o\d/i, 'openai'],
  [/gemini|gemma/i, 'google'],
  [/mistral|devstral|codestral/i, 'mistral'],
]

/** Whose model it is, by its name; `unknown` where the name does not tell. Served by somebody else, it is a guess. */
export function providerOfModel(model: string): Provider {
  return makers.find(([pattern]) => pattern.test(model))?.[1] ?? 'unknown'
}
