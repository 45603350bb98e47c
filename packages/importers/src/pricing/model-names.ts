/**
 * The name under which a price list has a model. Amazon and Google wrap Anthropic's names
 * (`us.anthropic.claude-sonnet-4-5-20250929-v1:0`, `claude-sonnet-4-5@20250929`), and Claude Code marks the long context
 * with `[1m]`.
 */
export function canonicalModel(model: string): string {
  return model
    .replace(/\[1m\]$/i, '')
    .replace(/^(?:[a-z]{2,6}\.)?anthropic\./, '')
    .replace(/-v\d+(?::\d+)?$/, '')
    .replace(/@(?=\d|latest)/, '-')
}

/** Providers by the names that logs use, and whose list their prices are on. */
const PRICE_LISTS: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  bedrock: 'anthropic',
  vertex: 'anthropic',
  openai: 'openai',
  azure: 'azure',
  google: 'google',
  gemini: 'google',
  openrouter: 'openrouter',
  mistral: 'mistral',
  groq: 'groq',
  deepseek: 'deepseek',
  xai: 'x-ai',
  'x-ai': 'x-ai',
  together: 'together',
  fireworks: 'fireworks',
  cerebras: 'cerebras',
}

/** Undefined for a provider without a list of its own: the model's name then has to say whose it is. */
export function priceListOf(provider: string): string | undefined {
  return Object.hasOwn(PRICE_LISTS, provider) ? PRICE_LISTS[provider] : undefined
}
