/** Every way in which set-up can be wrong. What a client or a disk does is a value instead. */
export type ServerErrorCode =
  | 'BAD_CONFIG'
  | 'STORE_IN_USE'
  | 'STORE_NOT_OURS'
  | 'STORE_DAMAGED'
  | 'STORE_ENDED'
  | 'STORE_UNFIT'
  | 'SCHEMA_TOO_NEW'
  | 'BACKUP_FAILED'
  | 'BACKUP_UNFIT'
  | 'EXPORT_FAILED'
  | 'MOVE_REFUSED'
  | 'MOVE_DIFFERS'
  | 'SQLITE_DRIVER_MISSING'
  | 'CREDENTIALS_UNREADABLE'
  | 'STORE_UNREACHABLE'
  | 'ADDRESS_IN_USE'
  | 'ADDRESS_UNAVAILABLE'

/** A wrong set-up: what is wrong in one sentence, and in `hint` what to do about it. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly code: ServerErrorCode
  readonly hint: string

  constructor(code: ServerErrorCode, message: string, options: { hint: string; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}
