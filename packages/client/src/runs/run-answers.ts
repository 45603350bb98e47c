import type { RunChanges, RunStatus, RunStatusAlias } from '../protocol/index.ts'

/** How a run may end. */
export type EndStatus = Exclude<RunStatus, 'running'> | RunStatusAlias

/** What a caller may say of a run at its start. */
export interface StartFields extends RunChanges {
  /** An id of your own, at most 255 characters without `/` and `\`. */
  readonly run_id?: string | undefined
}

export interface CommitAnswer {
  /** Whether the commit is on its way; it is sent in the background. */
  readonly success: boolean
  readonly message: string
}

/** What one `sync()` has done, in writes: a run's start, its end, a commit, an event. */
export interface SyncReport {
  readonly delivered: number
  /** Refused by the server for good, and kept in `dead-letter.ndjson`. */
  readonly refused: number
  readonly waiting: number
  /** Why some wait; null where none do. */
  readonly cause: string | null
}
