/** A failure that is not a bug: one sentence, and what to do next. Ends the program with its exit code. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly hint: string
  /** 1: it did not work. 2: it was called wrongly. */
  readonly exitCode: 1 | 2

  constructor(message: string, options: { hint: string; exitCode?: 1 | 2; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.hint = options.hint
    this.exitCode = options.exitCode ?? 1
  }
}
