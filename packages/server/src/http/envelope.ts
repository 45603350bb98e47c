import { HttpError } from './error-answer.ts'

/**
 * Reads the one list that a batch request is made of, `{"events": […]}` or `{"queries": […]}`.
 *
 * @throws HttpError 422 that says what the envelope must be.
 */
export function readBatch(body: unknown, field: string, maxItems: number): readonly unknown[] {
  const items = isObject(body) ? body[field] : undefined
  if (Array.isArray(items) && items.length > 0 && items.length <= maxItems) return items

  const message = items === undefined ? 'is required' : `must be an array of 1 to ${maxItems}`
  throw invalidRequest([{ path: field, message }])
}

/** Reads a body that is one object; an absent body reads as an empty one where that is allowed. */
export function readObject(
  body: unknown,
  options: { readonly mayBeAbsent?: boolean } = {},
): Record<string, unknown> {
  if (body === undefined && options.mayBeAbsent) return {}
  if (isObject(body)) return body
  throw invalidRequest([{ path: '', message: 'the body must be a JSON object' }])
}

export function invalidRequest(
  details: readonly { readonly path: string; readonly message: string }[],
): HttpError {
  const message = details
    .map(({ path, message: text }) => (path === '' ? text : `${path}: ${text}`))
    .join('; ')
  return new HttpError({ code: 'invalid_request', message, details })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
