import {
  type Json,
  parseTimestampMicros,
  readRunStatus,
  type RunFieldName,
  type RunFieldRule,
  runFields,
} from '@mosaicstack/telemetry-client/protocol'

import type { ColumnValue } from './event-columns.ts'

/**
 * A run's fields as columns, in the order of the table in `migrations/`: those of the contract as they are written,
 * then the times that are compared, in microseconds.
 */
export const runColumns = Object.keys(runFields) as readonly RunFieldName[]

/** A validated run, or changes of one: any field may be absent. */
export type RunFields = Readonly<Partial<Record<RunFieldName, Json | undefined>>>

/** One value a column of `runColumns`; null where the field is absent. */
export type RunValues = readonly ColumnValue[]

const rules: readonly RunFieldRule[] = runColumns.map((name) => runFields[name])

const createdAtColumn = runColumns.indexOf('created_at')

/** The column values of validated fields; `createdAt` stands in for one that the fields need not have. */
export function toRunValues(fields: RunFields, createdAt?: string): RunValues {
  const values = runColumns.map((name, index) => encode(rules[index]?.kind, fields[name]))
  if (createdAt !== undefined) values[createdAtColumn] = createdAt
  return values
}

/** Microseconds since 1970 of a validated time. */
export function timeMicros(time: unknown): number {
  return parseTimestampMicros(String(time)) ?? 0
}

function encode(kind: RunFieldRule['kind'] | undefined, value: Json | undefined): ColumnValue {
  if (value === undefined || value === null) return null
  switch (kind) {
    case 'count':
      return value as number
    case 'flag':
      return Number(value)
    case 'status':
      return readRunStatus(value) ?? null
    case 'json':
      return typeof value === 'string' ? value : JSON.stringify(value)
    default:
      return value as string
  }
}
