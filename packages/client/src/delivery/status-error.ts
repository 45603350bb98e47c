import { TelemetryError } from '../telemetry-error.ts'

const hints: Readonly<Record<number, string>> = {
  400: 'The batch is split to find the event at fault.',
  401: 'Check apiKey: it is unknown, expired or revoked. The events wait.',
  403: 'Check that apiKey and instanceId belong together. The events wait.',
  404: 'Check serverUrl: there is no telemetry API at this address. The events wait.',
  413: 'The batch is split into smaller ones.',
  422: 'The batch is split to find the event at fault.',
  429: 'The server limits the rate; the events are sent again later.',
}
const REDIRECT_HINT = 'Set serverUrl to the final address: redirects are not followed with the key.'
const BUSY_HINT = 'The server has a problem; the events are sent again later.'
const OTHER_HINT = 'Check serverUrl and the server. The events wait.'

/** Puts an HTTP answer that is no success into words: `HTTP 403`, what the server said, and what to do. */
export function statusError(status: number, body: unknown): TelemetryError {
  const said = serverMessage(body)
  const sentence = `HTTP ${status}${said === undefined ? '' : ` (${said})`}`
  return new TelemetryError('HTTP_ERROR', sentence, { hint: hintFor(status), status })
}

function hintFor(status: number): string {
  if (status >= 500) return BUSY_HINT
  // Where a runtime hides the answer to a manual redirect, its status reads 0.
  if (status < 400) return REDIRECT_HINT
  return hints[status] ?? OTHER_HINT
}

const MAX_MESSAGE_LENGTH = 200

/** The server's own words, from the error shapes of this API and of FastAPI. */
function serverMessage(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined

  const { error, detail } = body as { error?: { message?: unknown } | null; detail?: unknown }
  const message = error?.message ?? detail
  return typeof message === 'string' ? message.slice(0, MAX_MESSAGE_LENGTH) : undefined
}
