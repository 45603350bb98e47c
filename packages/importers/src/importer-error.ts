/** Every way in which set-up can be wrong. What a log or a disk does is a value instead. */
export type ImporterErrorCode =
  | 'SQLITE_DRIVER_MISSING'
  | 'LEDGER_NOT_OURS'
  | 'LEDGER_TOO_NEW'
  | 'LEDGER_UNUSABLE'

/** A wrong set-up: what is wrong in one sentence, and in `hint` what to do about it. */
export class ImporterError extends Error {
  override readonly name = 'ImporterError'
  readonly code: ImporterErrorCode
  readonly hint: string

  constructor(code: ImporterErrorCode, message: string, options: { hint: string; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}
