/** Everything this client can report or throw, for programs; the message is for people. */
export type TelemetryErrorCode =
  | 'BAD_CONFIG'
  | 'INVALID_EVENT'
  | 'INVALID_QUERY'
  | 'EVENTS_LOST'
  | 'EVENT_REFUSED'
  | 'RUN_REFUSED'
  | 'HTTP_ERROR'
  | 'NETWORK_ERROR'
  | 'TIMEOUT'
  | 'UNEXPECTED_ANSWER'
  | 'SPOOL_UNAVAILABLE'
  | 'INTERNAL'

export interface TelemetryErrorDetails {
  /** The next step, appended to the message. */
  readonly hint?: string | undefined
  readonly cause?: unknown
  /** The HTTP status, where an answer is what went wrong. */
  readonly status?: number | undefined
}

/** What `onError` is given. The message says what happened and what to do next, and never contains the API key. */
export class TelemetryError extends Error {
  override readonly name = 'TelemetryError'
  readonly code: TelemetryErrorCode
  readonly hint: string | undefined
  readonly status: number | undefined

  constructor(code: TelemetryErrorCode, sentence: string, details: TelemetryErrorDetails = {}) {
    const message = details.hint === undefined ? sentence : `${sentence}. ${details.hint}`
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.status = details.status
  }
}
