import type { ErrorResponse } from '@mosaicstack/telemetry-client/protocol'

import type { Outcome } from './outcome.ts'

/** A request to the server that the page came from. */
export interface Question {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** Relative to the page, without a leading slash. */
  readonly path: string
  readonly body?: unknown
}

/** Asks and reads JSON. An aborted question is answered as unreachable; nobody looks at that answer any more. */
export async function ask<T>(
  { method = 'GET', path, body }: Question,
  signal?: AbortSignal,
): Promise<Outcome<T>> {
  try {
    const response = await fetch(new URL(path, document.baseURI), {
      method,
      cache: 'no-store',
      ...(signal !== undefined && { signal }),
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    if (response.ok) return { kind: 'answered', value: await readBody<T>(response) }
    if (response.status === 401 && path !== 'login') return { kind: 'logged_out' }
    if (response.status >= 502) return { kind: 'unreachable' }
    return { kind: 'refused', message: await messageOf(response) }
  } catch {
    return { kind: 'unreachable' }
  }
}

async function readBody<T>(response: Response): Promise<T> {
  return (response.status === 204 ? undefined : await response.json()) as T
}

async function messageOf(response: Response): Promise<string> {
  const plain = `The server answered ${response.status}.`
  try {
    const { error } = (await response.json()) as Partial<ErrorResponse>
    if (error === undefined) return plain
    return [error.message, ...error.details.map(({ path, message }) => `${path}: ${message}`)].join('; ')
  } catch {
    return plain
  }
}
