import {
  findRunChangeProblems,
  type Json,
  type RunChanges,
  type RunFieldName,
  type RunFieldRule,
  runFields,
} from '../protocol/index.ts'
import { copyJson } from './json-copy.ts'

export interface ReadFields {
  /** What can be sent, as a copy. */
  readonly fields: RunChanges
  /** What was left out and why, one sentence each. */
  readonly problems: readonly string[]
}

const rules = Object.entries(runFields) as [RunFieldName, RunFieldRule][]
const changeable = rules.filter(([, rule]) => rule.immutable !== true)
const known: ReadonlySet<string> = new Set(rules.map(([name]) => name))

/**
 * Reads what a caller says of a run, each field once. A field that cannot be stored costs only itself: the run matters
 * more. Never throws.
 */
export function readFields(given: unknown): ReadFields {
  if (given === undefined || given === null) return { fields: {}, problems: [] }
  if (typeof given !== 'object') return { fields: {}, problems: ['fields must be an object'] }

  const problems: string[] = []
  const fields: Partial<Record<RunFieldName, Json>> = {}
  for (const [name, rule] of changeable) {
    try {
      const value = copyField((given as Record<string, unknown>)[name], rule)
      if (value !== undefined && value !== null) fields[name] = value
    } catch {
      problems.push(`${name} cannot be read`)
    }
  }
  for (const { message, path } of findRunChangeProblems(fields)) {
    problems.push(`${path} ${message}`)
    delete fields[path as RunFieldName]
  }
  return { fields: fields as RunChanges, problems: [...problems, ...findUnknown(given)] }
}

function copyField(value: unknown, rule: RunFieldRule): Json | undefined {
  if (typeof value === 'string') return storableText(value)
  // Durations from performance.now() have fractions.
  if (rule.kind === 'count' && typeof value === 'number') return Math.round(value)
  return copyJson(value)
}

/** No database stores U+0000 or a lone surrogate; an error summary with one, cut from some output, shall not be lost. */
export function storableText(text: string): string {
  return text.replaceAll(/\0|\p{Surrogate}/gu, '\u{fffd}')
}

function findUnknown(given: object): string[] {
  try {
    return Object.keys(given)
      .filter((name) => !known.has(name))
      .map((name) => `${name.slice(0, 100)} is not a field of a run`)
  } catch {
    return ['the names of its fields cannot be read']
  }
}
