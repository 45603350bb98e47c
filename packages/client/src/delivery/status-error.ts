import { TelemetryError } from '../telemetry-error.ts'

const LATER_HINT = 'It is asked again later.'

/** The next step. What a batch is at fault for (400, 413, 422) the server says itself. */
const hints: Readonly<Record<number, string | undefined>> = {
  400: undefined,
  401: 'Check apiKey: it is unknown, expired or revoked.',
  403: 'Check that apiKey and instanceId belong together.',
  404: 'Check serverUrl: there is no telemetry API at this address.',
  413: undefined,
  422: undefined,
  429: LATER_HINT,
}
const REDIRECT_HINT = 'Set serverUrl to the final address: redirects are not followed with the key.'
const OTHER_HINT = 'Check serverUrl.'

/** Puts an HTTP answer that is no success into words: `HTTP 403`, what the server said, and what to do. */
export function statusError(status: number, body: unknown): TelemetryError {
  const said = serverMessage(body)
  const sentence = `HTTP ${status}${said === undefined ? '' : ` (${said})`}`
  return new TelemetryError('HTTP_ERROR', sentence, { hint: hintFor(status), status })
}

/** A captive portal or a proxy's own page says 200 too; to take it for an answer would lose what was sent. */
export function foreignAnswerError(status: number): TelemetryError {
  return new TelemetryError('UNEXPECTED_ANSWER', `HTTP ${status}, but not an answer of the telemetry API`, {
    hint: 'Check serverUrl, and for a proxy or a sign-in page in between.',
    status,
  })
}

function hintFor(status: number): string | undefined {
  if (status >= 500) return LATER_HINT
  // Where a runtime hides the answer to a manual redirect, its status reads 0.
  if (status < 400) return REDIRECT_HINT
  return status in hints ? hints[status] : OTHER_HINT
}

const MAX_MESSAGE_LENGTH = 200

/** The server's own words, from the error shapes of this API and of FastAPI. */
function serverMessage(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined

  const { error, detail } = body as { error?: { message?: unknown } | null; detail?: unknown }
  const message = error?.message ?? detail
  return typeof message === 'string' ? message.slice(0, MAX_MESSAGE_LENGTH) : undefined
}
