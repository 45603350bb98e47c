import { findTextProblem } from '../protocol/index.ts'

const ERROR_PREFIX = 'error-'

/** Leaves room for the rest of the id within the server's 255 characters. */
const MAX_NAME_LENGTH = 200
const MAX_LENGTH = 255
const RANDOM_BYTES = 4

/** Characters that would make a path of an id, or could not be stored: `/`, `\`, controls, lone surrogates. */
const UNSAFE = /[/\\\p{Cc}\p{Surrogate}]/gu

/** Makes ids such as `20251210T120530Z-hugo-translator-a1b2c3d4`. */
export function runIdGenerator(
  fillRandom: (bytes: Uint8Array) => void,
  nowMs: () => number,
): (agentName: string) => string {
  return (agentName) => {
    const time = new Date(nowMs()).toISOString().replace(/[-:]|\.\d+/g, '')
    const random = new Uint8Array(RANDOM_BYTES)
    fillRandom(random)
    const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
    return `${time}-${agentName.slice(0, MAX_NAME_LENGTH).replace(UNSAFE, '_')}-${hex}`
  }
}

/** What is wrong with a run id that a caller brings along. */
export function findRunIdProblem(runId: unknown): string | undefined {
  const problem = findTextProblem(runId, 1, MAX_LENGTH)
  if (problem !== undefined) return problem
  if (/[/\\]/.test(runId as string)) return 'must not contain / or \\'
  return isErrorId(runId as string) ? `must not begin with ${ERROR_PREFIX}` : undefined
}

/** The id of a run that could not be recorded: accepted everywhere, and does nothing. */
export function errorId(runId: string): string {
  return ERROR_PREFIX + runId
}

export function isErrorId(runId: string): boolean {
  return runId.startsWith(ERROR_PREFIX)
}
