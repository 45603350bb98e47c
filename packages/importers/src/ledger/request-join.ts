import type { RequestRole } from '../log-facts.ts'
import type { TokenCounts } from '../tokens.ts'

/** What logs say about one response: the best of all its copies. */
export interface LoggedRequest {
  readonly session: string
  readonly prompt: string
  readonly atMs: number
  readonly role: RequestRole
  readonly isSidechain: boolean
  readonly subagent: string | null
  readonly tokens: TokenCounts
  readonly isOutputPartial: boolean
}

/**
 * Joins two copies of one response. Commutative, associative and idempotent, so that files may be read in any order and
 * any number of times:
 *
 * - the counts are those of the copy with the most output, because the earlier lines of a response carry a placeholder;
 * - it belongs to the copy on the main thread before one inside a subagent's log, to the earlier before the later; the
 *   ids decide where a resumed or forked session repeats a line to the millisecond.
 */
export function joinCopies(a: LoggedRequest, b: LoggedRequest): LoggedRequest {
  const owner = compareOwners(a, b) <= 0 ? a : b
  const counted = compareCounts(a, b) >= 0 ? a : b
  return { ...owner, tokens: counted.tokens, isOutputPartial: counted.isOutputPartial }
}

function compareOwners(a: LoggedRequest, b: LoggedRequest): number {
  return (
    Number(a.isSidechain) - Number(b.isSidechain) ||
    a.atMs - b.atMs ||
    compareTexts(a.session, b.session) ||
    compareTexts(a.prompt, b.prompt) ||
    compareTexts(a.subagent ?? '', b.subagent ?? '') ||
    compareTexts(a.role, b.role)
  )
}

function compareCounts(a: LoggedRequest, b: LoggedRequest): number {
  return (
    a.tokens.output - b.tokens.output ||
    Number(b.isOutputPartial) - Number(a.isOutputPartial) ||
    a.tokens.freshInput - b.tokens.freshInput ||
    a.tokens.cacheRead - b.tokens.cacheRead ||
    a.tokens.cacheWrite1h - b.tokens.cacheWrite1h ||
    a.tokens.cacheWrite5m - b.tokens.cacheWrite5m ||
    a.tokens.reasoning - b.tokens.reasoning
  )
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
