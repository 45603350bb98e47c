import { ServerError } from '../../server-error.ts'

/** Puts a failure of the store into our words; what is none of the known ones stays as it is. */
export function explainFailure<Cause>(cause: Cause): Cause | ServerError {
  if (!(cause instanceof Error) || cause instanceof ServerError) return cause
  if (/not a database|malformed|disk image/i.test(cause.message)) {
    return new ServerError('STORE_DAMAGED', `the database cannot be read: ${cause.message}`, {
      hint: "Move the file away and restore a backup; without one, the `sqlite3` tool's `.recover` saves what is readable.",
      cause,
    })
  }
  if (isBusy(cause)) {
    return new ServerError('STORE_IN_USE', 'another program keeps the database locked', {
      hint: 'End what is open on it, such as a database browser in the middle of a change, and start again.',
      cause,
    })
  }
  if (isRefused(cause)) {
    return new ServerError('STORE_UNREACHABLE', `the data directory cannot be used: ${cause.message}`, {
      hint: 'Choose a --data-dir that this user may write to, on a disk with space left.',
      cause,
    })
  }
  return cause
}

/** Whether a lock that somebody else holds stood in the way. */
export function isBusy(cause: unknown): boolean {
  return cause instanceof Error && /database is locked/i.test(cause.message)
}

/** Refused by the operating system: to Node itself, or to SQLite. */
function isRefused(cause: Error): boolean {
  return (
    (cause as NodeJS.ErrnoException).syscall !== undefined ||
    /unable to open|readonly|disk I\/O|is full/i.test(cause.message)
  )
}
