import { findTextProblem, isUuid, parseTimestampMicros } from '@mosaicstack/telemetry-client/protocol'

import { invalidRequest } from '../envelope.ts'

type Body = Readonly<Record<string, unknown>>

/** An optional text of a body; null and absent read alike. */
export function readTextField(body: Body, field: string, maxLength: number): string | null {
  const value = body[field]
  if (value === undefined || value === null) return null
  const problem = findTextProblem(value, 0, maxLength)
  if (problem !== undefined) throw invalidRequest([{ path: field, message: problem }])
  return value as string
}

/** An optional UUID, in lower case. */
export function readUuidField(body: Body, field: string): string | null {
  const value = body[field]
  if (value === undefined || value === null) return null
  if (isUuid(value)) return value.toLowerCase()
  throw invalidRequest([{ path: field, message: 'must be a UUID' }])
}

/** An optional RFC 3339 date-time, in epoch milliseconds. */
export function readDateField(body: Body, field: string): number | null {
  const value = body[field]
  if (value === undefined || value === null) return null
  const micros = typeof value === 'string' ? parseTimestampMicros(value) : undefined
  if (micros !== undefined) return Math.floor(micros / 1000)
  throw invalidRequest([{ path: field, message: 'must be an RFC 3339 date-time with offset' }])
}
