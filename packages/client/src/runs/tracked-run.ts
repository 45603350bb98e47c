import type { RunChanges } from '../protocol/index.ts'
import { describeThrown } from './describe-thrown.ts'
import type { EndStatus } from './run-answers.ts'

/** What a tracked run asks of its client. */
export interface TrackedRunParts {
  readonly runId: string
  readonly logEvent: (eventType: string, payload: unknown) => void
  readonly setMetrics: (fields: RunChanges) => void
  readonly end: (status: EndStatus, fields: RunChanges) => void
}

/**
 * A run that ends when its scope does. With `await using` the scope's own error is out of sight: say `fail(error)` where
 * it is caught, or give `trackRun` a callback, which needs nothing of the kind. No method throws.
 */
export class TrackedRun {
  readonly #parts: TrackedRunParts
  #isEnded = false

  constructor(parts: TrackedRunParts) {
    this.#parts = parts
  }

  get runId(): string {
    return this.#parts.runId
  }

  /** Adds to the run's timeline. */
  logEvent(eventType: string, payload?: unknown): void {
    this.#parts.logEvent(eventType, payload)
  }

  /** Sets fields of the run, to be sent with its end. Later values win. */
  setMetrics(fields: RunChanges): void {
    this.#parts.setMetrics(fields)
  }

  /** Ends the run now; only the first end counts. */
  end(status: EndStatus = 'success', fields: RunChanges = {}): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#parts.end(status, fields)
  }

  /** Ends the run as failed, with the error as its summary. */
  fail(error: unknown): void {
    this.end('failed', { error_summary: describeThrown(error) })
  }

  [Symbol.dispose](): void {
    this.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end()
  }
}
