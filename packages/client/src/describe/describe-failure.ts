import type { TelemetryError } from '../telemetry-error.ts'

/** Why there is no answer, and what a person can do about it. One sentence each. */
export interface FailureWords {
  readonly what: string
  readonly nextStep: string
}

/**
 * Puts what `onError` was told into words for somebody who has asked and waits. The client's own hint is left out: it is
 * meant for a program that goes on trying.
 */
export function describeFailure(failure: TelemetryError, serverUrl: string): FailureWords {
  const { hint, message } = failure
  const what = hint === undefined ? message : message.slice(0, -`. ${hint}`.length)
  return { what, nextStep: nextStepAfter(failure, serverUrl) }
}

function nextStepAfter({ code, status = 0 }: TelemetryError, serverUrl: string): string {
  if (code === 'BAD_CONFIG') {
    return 'Correct --server-url, or what is set as MOSAIC_TELEMETRY_SERVER_URL, _API_KEY or _INSTANCE_ID.'
  }
  if (status === 401 || status === 403) {
    return `Set MOSAIC_TELEMETRY_API_KEY to a key of ${serverUrl}; \`mosaic-telemetry keys create\` makes one there.`
  }
  if (status === 429) return 'Ask again in a minute.'
  return status > 0
    ? `Is ${serverUrl} the address of a telemetry server?`
    : `Is the server at ${serverUrl} running? Start one with \`mosaic-telemetry serve\`.`
}
