import { ServerError } from '../../server-error.ts'

/**
 * Puts a failure of the store into our words; what is none of the known ones stays as it is.
 *
 * @param file is the database's, to be named to whoever runs the server.
 */
export function explainFailure<Cause>(cause: Cause, file: string): Cause | ServerError {
  if (!(cause instanceof Error) || cause instanceof ServerError) return cause
  if (/not a database|malformed|disk image/i.test(cause.message)) return damaged(file, cause)
  if (isBusy(cause)) {
    return new ServerError('STORE_IN_USE', `another program keeps ${file} locked`, {
      hint: 'End what is open on it, such as a database browser in the middle of a change, and start again.',
      cause,
    })
  }
  if (isRefused(cause)) {
    return new ServerError('STORE_UNREACHABLE', `${file} cannot be used: ${cause.message}`, {
      hint: 'Choose a --data-dir that this user may write to, on a disk with space left.',
      cause,
    })
  }
  return cause
}

/** The file is left as it is: it may be the only copy. */
function damaged(file: string, cause: Error): ServerError {
  return new ServerError('STORE_DAMAGED', `${file} is damaged and was not changed: ${cause.message}`, {
    hint:
      'Put a backup in its place: mosaic-telemetry restore FILE. Without one, `.dump` or `.recover` of the `sqlite3` ' +
      'tool saves what is readable (docs/operations.md). To go on with an empty store meanwhile, name another --data-dir.',
    cause,
  })
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
