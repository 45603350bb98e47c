import { findTextProblem, isUuid, parseTimestampMicros } from '@mosaicstack/telemetry-client/protocol'

import { CliError } from './cli-error.ts'

/** What the admin API accepts, checked here too: the local store takes whatever it is given. */
const MAX_LABEL_LENGTH = 200

/** A name or label for people, as the admin API accepts it. */
export function readLabel(flag: string, text: string | undefined): string | null {
  if (text === undefined) return null
  const problem = findTextProblem(text, 0, MAX_LABEL_LENGTH)
  if (problem === undefined) return text
  throw wrong(`${flag}: ${problem}`, 'Choose a shorter one; it is only for people.')
}

/** An instance id in the one spelling in which ids are compared. */
export function readInstanceId(text: string | undefined): string | null {
  if (text === undefined) return null
  if (isUuid(text)) return text.toLowerCase()
  throw wrong(`--instance-id: ${JSON.stringify(text)} is not a UUID`, 'Leave it out to get a new one.')
}

/** The id of an instance that is to be there, in the one spelling in which ids are compared. */
export function readKnownInstanceId(text: string): string {
  if (isUuid(text)) return text.toLowerCase()
  throw wrong(`${JSON.stringify(text)} is not an instance id`, 'See `mosaic-telemetry instances list`.')
}

/** A moment that is still to come, RFC 3339. */
export function readExpiry(text: string | undefined, nowMs: number): string | null {
  if (text === undefined) return null
  const micros = parseTimestampMicros(text)
  if (micros === undefined) {
    throw wrong(`--expires-at: ${JSON.stringify(text)} is not a time`, 'Write it as 2027-01-31T00:00:00Z.')
  }
  if (micros > nowMs * 1000) return text
  throw wrong(`--expires-at: ${text} is over`, 'Give a time to come, or leave it out.')
}

function wrong(message: string, hint: string): CliError {
  return new CliError(message, { hint, exitCode: 2 })
}
