import type { JsonRecord } from '../importer.ts'
import { countIn } from '../json-fields.ts'
import type { ReadingIssue } from '../reading-issues.ts'
import type { TokenCounts } from '../tokens.ts'

/** Codex's own counts: input includes what was cached, output includes the reasoning. */
export interface CodexUsage {
  readonly input: number
  readonly cached: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
}

export const NO_USAGE: CodexUsage = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0 }

export function readUsage(usage: JsonRecord, report: (issue: ReadingIssue) => void): CodexUsage {
  return {
    input: countIn(usage, 'input_tokens', report),
    cached: countIn(usage, 'cached_input_tokens', report),
    cacheWrite: countIn(usage, 'cache_write_input_tokens', report),
    output: countIn(usage, 'output_tokens', report),
    reasoning: countIn(usage, 'reasoning_output_tokens', report),
  }
}

export function toTokens({ input, cached, cacheWrite, output, reasoning }: CodexUsage): TokenCounts {
  return {
    freshInput: Math.max(0, input - cached - cacheWrite),
    cacheRead: cached,
    cacheWrite5m: cacheWrite,
    cacheWrite1h: 0,
    output,
    reasoning,
  }
}

/**
 * What was used between two running totals. A total that fell began anew, after a compaction or a reset; then only
 * `last`, the usage of the last request, is known.
 */
export function usageBetween(before: CodexUsage, after: CodexUsage, last: CodexUsage): CodexUsage {
  const difference = {
    input: after.input - before.input,
    cached: after.cached - before.cached,
    cacheWrite: after.cacheWrite - before.cacheWrite,
    output: after.output - before.output,
    reasoning: after.reasoning - before.reasoning,
  }
  return Object.values(difference).some((count) => count < 0) ? last : difference
}

export function isSameUsage(a: CodexUsage, b: CodexUsage): boolean {
  return usageName(a) === usageName(b)
}

/** Running totals tell the requests of a thread apart, also in a copy of its history with other times. */
export function usageName({ input, cached, cacheWrite, output, reasoning }: CodexUsage): string {
  return [input, cached, cacheWrite, output, reasoning].join('.')
}
