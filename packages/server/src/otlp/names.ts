import type { Provider } from '@mosaicstack/telemetry-client/protocol'

/**
 * Names that senders choose, turned into names that we keep. What stands in no list becomes `custom`: the name of a
 * service or of a subagent may be that of a project, and projects are not for this store.
 */

const HARNESSES: Readonly<Record<string, string>> = {
  'claude-code': 'claude_code',
  opencode: 'opencode',
  kilo: 'kilo_code',
  'kilo-code': 'kilo_code',
  aider: 'aider',
  'gemini-cli': 'gemini_cli',
  'qwen-code': 'qwen_code',
  codex: 'codex',
  'codex-cli': 'codex',
  codex_cli_rs: 'codex',
  cline: 'cline',
  goose: 'goose',
  'github-copilot': 'copilot',
}

export function harnessOf(service: string | undefined): string {
  return HARNESSES[service?.toLowerCase() ?? ''] ?? 'custom'
}

const PROVIDERS: readonly (readonly [pattern: RegExp, provider: Provider])[] = [
  [/^(anthropic|firstparty)$/, 'anthropic'],
  [/^openai$/, 'openai'],
  [/^openrouter$/, 'openrouter'],
  [/^ollama$/, 'ollama'],
  [/^(google|gcp|gemini|vertex)/, 'google'],
  [/^mistral/, 'mistral'],
]

/** Who served the model: as the sender says, else as the model's name gives away. */
export function providerOf(said: string | undefined, model: string): Provider {
  if (said !== undefined && said !== '') {
    const name = said.toLowerCase()
    return PROVIDERS.find(([pattern]) => pattern.test(name))?.[1] ?? 'custom'
  }
  // The model ids of Bedrock name their maker, those of Vertex carry a version after an @.
  if (/(^|\.)anthropic\./.test(model)) return 'custom'
  if (model.startsWith('claude-')) return model.includes('@') ? 'google' : 'anthropic'
  return 'unknown'
}

const MAX_MODEL_LENGTH = 100

/** A model's name, or `undefined` for what is none. Of an ARN only the end is kept: its middle is an account number. */
export function modelOf(name: string | undefined): string | undefined {
  const model = name?.startsWith('arn:') ? name.slice(name.lastIndexOf('/') + 1) : name
  if (model === undefined || model.startsWith('arn:') || model.length > MAX_MODEL_LENGTH) return undefined
  return /^[\x21-\x7e]+$/.test(model) ? model : undefined
}

const BUILT_IN_AGENT = /^agent:builtin:([\w-]{1,64})$/

/** What asked for a request, without what a person named: an output style, a subagent of one's own. */
export function querySourceOf(source: string | undefined): string | null {
  if (source === undefined || source === '') return null
  if (BUILT_IN_AGENT.test(source)) return source
  if (source.startsWith('agent:')) return 'agent:custom'
  const head = source.split(':', 1)[0] ?? ''
  return /^[a-z][a-z0-9_-]{0,63}$/.test(head) ? head : 'custom'
}

export function agentOf(source: string | undefined): string | null {
  if (!source?.startsWith('agent:')) return null
  return BUILT_IN_AGENT.exec(source)?.[1] ?? 'custom'
}
