import { eventFields, predictionQueryFields, type FieldRule, type FieldTable } from './event-fields.ts'
import { MAX_CLOCK_LEAD_MS, SCHEMA_VERSION } from './limits.ts'
import { parseTimestampMicros } from './timestamp.ts'
import { isUuid } from './uuid.ts'

/** One thing wrong with one field. */
export interface FieldProblem {
  /** The field's wire name; empty where the value is no object at all. */
  readonly path: string
  /** Says what would be right: `must be <= 86400000`. */
  readonly message: string
  readonly code: 'invalid' | 'unsupported_schema'
}

/**
 * Checks an event against the schema, as client and server both do. Never throws, whatever the event is.
 *
 * @param nowMs the server's clock. Without it a timestamp in the future is not looked at: a client's clock is no
 * judge of that.
 * @returns every problem, in the table's order; empty where the event is acceptable.
 */
export function findEventProblems(event: unknown, nowMs?: number): readonly FieldProblem[] {
  return findProblems(eventChecks, event, nowMs)
}

/** Checks a prediction query: its four dimensions and its budgets. */
export function findQueryProblems(query: unknown): readonly FieldProblem[] {
  return findProblems(queryChecks, query, undefined)
}

/** What is wrong with an event, one sentence a problem: `task_duration_ms: must be <= 86400000`. */
export function validateEvent(event: unknown): string[] {
  return findEventProblems(event).map(describeProblem)
}

/** `field: what would be right`, the form in which every error of this system names a field. */
export function describeProblem(problem: Pick<FieldProblem, 'path' | 'message'>): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`
}

/** Tells what is wrong with a present value, or `undefined`. */
type Check = (value: unknown, nowMs: number | undefined) => string | undefined

interface FieldCheck {
  readonly name: string
  readonly required: boolean
  readonly check: Check
}

// Compiled once: the rules' kinds are decided here, not for every event.
const eventChecks = compile(eventFields)
const queryChecks = compile(predictionQueryFields)
const NO_PROBLEMS: readonly FieldProblem[] = Object.freeze([])

function compile(table: FieldTable): readonly FieldCheck[] {
  return Object.entries(table).map(([name, rule]) => ({
    name,
    required: rule.required,
    check: checkFor(rule),
  }))
}

function findProblems(
  checks: readonly FieldCheck[],
  record: unknown,
  nowMs: number | undefined,
): readonly FieldProblem[] {
  if (!isRecord(record)) return [{ path: '', message: 'must be an object', code: 'invalid' }]

  let problems: FieldProblem[] | undefined
  for (const field of checks) {
    const message = findFieldProblem(field, record, nowMs)
    if (message !== undefined) (problems ??= []).push({ path: field.name, message, code: codeOf(message) })
  }
  return problems ?? NO_PROBLEMS
}

/** A getter or a proxy runs code of the caller's, and what that throws is a problem of the field like any other. */
function findFieldProblem(
  { name, required, check }: FieldCheck,
  record: Readonly<Record<string, unknown>>,
  nowMs: number | undefined,
): string | undefined {
  try {
    const value = record[name]
    return value === undefined || value === null ? missing(required, value) : check(value, nowMs)
  } catch {
    return 'must be readable, but reading it throws'
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isArray(value)
}

/** A revoked proxy throws even when it is asked whether it is an array; it is none. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

/** Absent and null read alike: an optional field takes its default, a required one is an error. */
function missing(required: boolean, value: undefined | null): string | undefined {
  if (!required) return undefined
  return value === null ? 'must not be null' : 'is required'
}

const UNSUPPORTED_SCHEMA = `must be "${SCHEMA_VERSION}" or another 1.x: this server does not read other majors`

function codeOf(message: string): FieldProblem['code'] {
  return message === UNSUPPORTED_SCHEMA ? 'unsupported_schema' : 'invalid'
}

function checkFor(rule: FieldRule): Check {
  switch (rule.kind) {
    case 'uuid':
      return checkUuid()
    case 'schema_version':
      return checkSchemaVersion
    case 'timestamp':
      return checkTimestamp
    case 'integer':
      return (value) =>
        Number.isInteger(value) ? outOfRange(value as number, rule.min, rule.max) : 'must be an integer'
    case 'number':
      return (value) =>
        Number.isFinite(value) ? outOfRange(value as number, rule.min, rule.max) : 'must be a number'
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? undefined : 'must be true or false')
    case 'string':
      return (value) => findTextProblem(value, rule.minLength, rule.maxLength)
    case 'enum':
      return checkEnum(rule.values)
    case 'enum_set':
      return checkEnumSet(rule.values)
  }
}

function checkUuid(): Check {
  // The events of one batch share their instance: most of the time one comparison replaces the regular expression.
  let lastValid: unknown
  return (value) => {
    if (value === lastValid) return undefined
    if (!isUuid(value)) return 'must be a UUID'
    lastValid = value
    return undefined
  }
}

function checkSchemaVersion(value: unknown): string | undefined {
  if (value === SCHEMA_VERSION) return undefined
  if (typeof value !== 'string' || !/^\d{1,9}\.\d{1,9}$/.test(value))
    return `must be a version such as "${SCHEMA_VERSION}"`
  return value.startsWith('1.') ? undefined : UNSUPPORTED_SCHEMA
}

function checkTimestamp(value: unknown, nowMs: number | undefined): string | undefined {
  const micros = typeof value === 'string' ? parseTimestampMicros(value) : undefined
  if (micros === undefined) return 'must be an RFC 3339 date-time with offset, such as 2026-01-31T09:30:00Z'
  if (nowMs !== undefined && micros > (nowMs + MAX_CLOCK_LEAD_MS) * 1000) {
    return 'must not be more than 24 hours in the future'
  }
  return undefined
}

function outOfRange(value: number, min: number, max: number): string | undefined {
  if (value < min) return `must be >= ${min}`
  if (value > max) return `must be <= ${max}`
  return undefined
}

/** What is wrong with a text, or `undefined`. Lengths are in characters, not UTF-16 units. */
export function findTextProblem(value: unknown, minLength: number, maxLength: number): string | undefined {
  if (typeof value !== 'string') return 'must be a string'
  if (value.length < minLength)
    return `must have at least ${minLength} character${minLength === 1 ? '' : 's'}`
  // The first test spares the count for nearly every text.
  if (value.length > maxLength && characterCount(value, maxLength) > maxLength) {
    return `must have at most ${maxLength} characters`
  }
  // No database stores these two faithfully as text.
  if (value.includes('\0')) return 'must not contain the character U+0000'
  if (LONE_SURROGATE.test(value)) return 'must be well-formed Unicode, without lone surrogates'
  return undefined
}

const LONE_SURROGATE = /\p{Surrogate}/u

/** Code points of a text, counted no further than it takes to see that there are more than `limit`. */
function characterCount(text: string, limit: number): number {
  return Array.from(text.slice(0, 2 * limit + 1)).length
}

function checkEnum(values: readonly string[]): Check {
  const known = new Set<unknown>(values)
  const message = `must be one of: ${values.join(', ')}`
  return (value) => (known.has(value) ? undefined : message)
}

function checkEnumSet(values: readonly string[]): Check {
  const known = new Set<unknown>(values)
  const message = `must be an array of: ${values.join(', ')}`
  return (value) => {
    if (!Array.isArray(value)) return message
    // By index: an array's own iterator may tell something else, or never end.
    for (let index = 0; index < value.length; index++) if (!known.has(value[index])) return message
    return undefined
  }
}
