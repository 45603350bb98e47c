/** aider writes `provider/model`, or the model alone where its name says whose it is. */
export function modelName(model: string | undefined): string {
  return model === undefined || model === 'None' ? 'unknown' : model
}

const BY_NAME: readonly (readonly [beginning: RegExp, provider: string])[] = [
  [/^(?:claude|anthropic)/, 'anthropic'],
  [/^(?:gpt|o\d|chatgpt|openai)/, 'openai'],
  [/^(?:gemini|google|vertex)/, 'google'],
  [/^(?:mistral|codestral|devstral)/, 'mistral'],
  [/^deepseek/, 'deepseek'],
  [/^(?:ollama|ollama_chat)\//, 'ollama'],
]

export function providerOf(model: string): string {
  const known = BY_NAME.find(([beginning]) => beginning.test(model))?.[1]
  if (known !== undefined) return known
  return model.includes('/') ? (model.split('/', 1)[0] ?? 'unknown') : 'unknown'
}
