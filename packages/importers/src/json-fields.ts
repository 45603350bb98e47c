/**
 * Reads fields of JSON that somebody else wrote: every one may be missing or of another type, and that is never an
 * exception. What is not as it should be reads as absent; numbers written as text read as numbers.
 */
import type { JsonRecord } from './importer.ts'
import type { ReadingIssue } from './reading-issues.ts'

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const NOTHING: JsonRecord = Object.freeze({})

/** The object in a field; an empty one where there is none. */
export function recordIn(record: JsonRecord, name: string): JsonRecord {
  const value = record[name]
  return isRecord(value) ? value : NOTHING
}

/** The objects in a list. */
export function recordsIn(record: JsonRecord, name: string): readonly JsonRecord[] {
  const value = record[name]
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** A text that is not empty. */
export function textIn(record: JsonRecord, name: string): string | undefined {
  const value = record[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Ids and names go into the ledger: one of another length is no id. */
export function idIn(record: JsonRecord, name: string): string | undefined {
  const value = textIn(record, name)
  return value !== undefined && value.length <= MAX_ID_LENGTH ? value : undefined
}

const MAX_ID_LENGTH = 200

/** Milliseconds since 1970 of an ISO date-time. */
export function timeIn(record: JsonRecord, name: string): number | undefined {
  const value = record[name]
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(ms) ? ms : undefined
}

/** A finite number of either sign. */
export function numberIn(record: JsonRecord, name: string): number | undefined {
  const value = record[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A count of tokens or anything else that is whole and not negative; 0 where it is absent or unusable. */
export function countIn(record: JsonRecord, name: string, report: (issue: ReadingIssue) => void): number {
  const value = record[name]
  if (isCount(value)) return value
  if (value === undefined || value === null) return 0
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) {
    report('number_as_text')
    return Number(value)
  }
  report('wrong_type')
  return 0
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
