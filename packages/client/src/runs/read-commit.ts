import { CommitSource, parseTimestampMicros } from '../protocol/index.ts'
import { storableText } from './read-fields.ts'
import type { Commit } from './run-write.ts'

/** A commit, or what is wrong with it. */
export type ReadCommit =
  | { readonly ok: true; readonly commit: Commit }
  | { readonly ok: false; readonly problem: string }

const SOURCES: readonly unknown[] = Object.values(CommitSource)

/** Applies the server's rules, so that who calls is told at once. */
export function readCommit(hash: unknown, source: unknown, author: unknown, timestamp: unknown): ReadCommit {
  const problem = findProblem(hash, source, author, timestamp)
  if (problem !== undefined) return { ok: false, problem }
  return {
    ok: true,
    commit: {
      commit_hash: hash as string,
      commit_source: source as string,
      ...(isGiven(author) && { commit_author: storableText(author as string) }),
      ...(isGiven(timestamp) && { commit_timestamp: timestamp as string }),
    },
  }
}

function findProblem(
  hash: unknown,
  source: unknown,
  author: unknown,
  timestamp: unknown,
): string | undefined {
  if (typeof hash !== 'string' || !/^[0-9A-Za-z]{7,64}$/.test(hash)) {
    return 'the commit hash must be 7 to 64 letters and digits'
  }
  if (!SOURCES.includes(source)) return `the commit source must be one of: ${SOURCES.join(', ')}`
  if (isGiven(author) && typeof author !== 'string') return 'the commit author must be a text'
  if (
    isGiven(timestamp) &&
    (typeof timestamp !== 'string' || parseTimestampMicros(timestamp) === undefined)
  ) {
    return 'the commit timestamp must be an ISO 8601 date-time with offset, such as 2026-01-31T09:30:00Z'
  }
  return undefined
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
