import { invalidRequest } from '../envelope.ts'

export const DEFAULT_PAGE = 500
export const MAX_PAGE = 1000

type Query = Readonly<Record<string, unknown>>

/** @throws HttpError 422, as all of these do, that says what a parameter must be. */
export function readPaging(query: Query): { readonly after: number; readonly limit: number } {
  return {
    after: readInteger(query, 'after', { min: 0, max: Number.MAX_SAFE_INTEGER, otherwise: 0 }),
    limit: readInteger(query, 'limit', { min: 1, max: MAX_PAGE, otherwise: DEFAULT_PAGE }),
  }
}

function readInteger(
  query: Query,
  name: string,
  { min, max, otherwise }: { readonly min: number; readonly max: number; readonly otherwise: number },
): number {
  const text = query[name]
  if (text === undefined) return otherwise
  const value = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw invalidRequest([{ path: name, message: `must be a whole number from ${min} to ${max}` }])
}

export function readFlag(query: Query, name: string): boolean {
  const text = query[name] ?? 'false'
  if (text === 'true' || text === 'false') return text === 'true'
  throw invalidRequest([{ path: name, message: 'must be true or false' }])
}

export function readSessionId(text: unknown): string | undefined {
  if (text === undefined) return undefined
  if (typeof text === 'string' && text.length >= 1 && text.length <= 128) return text
  throw invalidRequest([{ path: 'session_id', message: 'must be a text of 1 to 128 characters' }])
}
