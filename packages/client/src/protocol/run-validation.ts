import { RunStatus, runStatusAliases, type RunStatusAlias } from './run.ts'
import { runFields, type RunFieldName, type RunFieldRule } from './run-fields.ts'
import { parseTimestampMicros } from './timestamp.ts'
import { findTextProblem, type FieldProblem } from './validation.ts'

const MAX_COUNT = Number.MAX_SAFE_INTEGER
const STATUSES: readonly string[] = Object.values(RunStatus)

/** Checks a run as it is created: every problem, in the table's order. */
export function findRunProblems(run: unknown): readonly FieldProblem[] {
  return findProblems(run, (rule) => rule.required === true)
}

/** Checks changes of a run: what is there must be right, nothing is required. */
export function findRunChangeProblems(changes: unknown): readonly FieldProblem[] {
  return findProblems(changes, () => false)
}

/** The stored word for a status as clients write it; `undefined` where it is none. */
export function readRunStatus(word: unknown): RunStatus | undefined {
  if (typeof word !== 'string') return undefined
  const status = Object.hasOwn(runStatusAliases, word) ? runStatusAliases[word as RunStatusAlias] : word
  return STATUSES.includes(status) ? (status as RunStatus) : undefined
}

const entries = Object.entries(runFields) as [RunFieldName, RunFieldRule][]

function findProblems(record: unknown, isRequired: (rule: RunFieldRule) => boolean): readonly FieldProblem[] {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return [{ path: '', message: 'must be an object', code: 'invalid' }]
  }
  const problems: FieldProblem[] = []
  for (const [name, rule] of entries) {
    const value = (record as Record<string, unknown>)[name]
    const isAbsent = value === undefined || value === null
    const message = isAbsent ? (isRequired(rule) ? 'is required' : undefined) : findValueProblem(value, rule)
    if (message !== undefined) problems.push({ path: name, message, code: 'invalid' })
  }
  return problems
}

function findValueProblem(value: unknown, rule: RunFieldRule): string | undefined {
  switch (rule.kind) {
    case 'text':
      return findWordProblem(value, rule)
    case 'count':
      return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_COUNT
        ? undefined
        : 'must be an integer >= 0'
    case 'time':
      return typeof value === 'string' && parseTimestampMicros(value) !== undefined
        ? undefined
        : 'must be an ISO 8601 date-time with offset, such as 2026-01-31T09:30:00Z'
    case 'status':
      return readRunStatus(value) === undefined ? `must be one of: ${STATUSES.join(', ')}` : undefined
    case 'flag':
      return typeof value === 'boolean' || value === 0 || value === 1 ? undefined : 'must be true or false'
    case 'json':
      return typeof value === 'string' ? findTextProblem(value, 0, Number.MAX_SAFE_INTEGER) : undefined
  }
}

function findWordProblem(value: unknown, rule: RunFieldRule): string | undefined {
  const problem = findTextProblem(value, rule.required ? 1 : 0, rule.maxLength ?? Number.MAX_SAFE_INTEGER)
  if (problem !== undefined) return problem
  if (rule.isPathSafe && /[/\\]/.test(value as string)) return 'must not contain / or \\'
  if (rule.values !== undefined && !rule.values.includes(value as string)) {
    return `must be one of: ${rule.values.join(', ')}`
  }
  return undefined
}
