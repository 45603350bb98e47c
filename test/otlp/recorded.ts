import { readFileSync } from 'node:fs'

type Json = Record<string, unknown>

/** The bodies that Claude Code sent, in their order, parsed anew at every call. */
export function recordedBodies(signal: 'logs' | 'metrics'): Json[] {
  return read(`${signal}.http-json.jsonl`)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Json)
}

interface ExpectedSession {
  readonly session: string
  readonly counts: { readonly requests: number }
  readonly tokens: {
    readonly input_tokens: number
    readonly output_tokens: number
    readonly cache_write_5m: number
    readonly cache_write_1h: number
    readonly cache_read: number
  }
  readonly cost_micro_usd: number
}

/** What was really served, by session. */
export const expectedSessions = (JSON.parse(read('expected.json')) as { sessions: ExpectedSession[] })
  .sessions

function read(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
}
