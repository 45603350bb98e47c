import type { NewRun, RunChanges, RunStatus } from '../protocol/index.ts'
import type { Commit, RunIdentity } from './run-write.ts'

/** A run between its start and its end. */
export class ActiveRun {
  readonly identity: RunIdentity
  readonly startMs: number
  #fields: RunChanges

  constructor(identity: RunIdentity, startMs: number, fields: RunChanges) {
    this.identity = identity
    this.startMs = startMs
    this.#fields = fields
  }

  /** Later values win. They are sent with the end. */
  change(fields: RunChanges): void {
    this.#fields = { ...this.#fields, ...fields }
  }

  /** The end repeats it, so that the run is complete from one record alone. */
  commit(commit: Commit): void {
    this.change(commitFields(commit))
  }

  started(): NewRun {
    return { ...this.identity, created_at: this.identity.start_time, ...this.#fields, status: 'running' }
  }

  /** The complete record. What the fields say of end and duration wins over the clock. */
  ended(status: RunStatus, nowMs: number): NewRun {
    return {
      ...this.identity,
      created_at: this.identity.start_time,
      end_time: new Date(nowMs).toISOString(),
      duration_ms: Math.max(0, Math.round(nowMs - this.startMs)),
      ...this.#fields,
      status,
    }
  }
}

function commitFields({ commit_author, commit_hash, commit_source, commit_timestamp }: Commit): RunChanges {
  return {
    git_commit_hash: commit_hash,
    git_commit_source: commit_source as NonNullable<RunChanges['git_commit_source']>,
    // Those of an earlier commit are not this one's.
    git_commit_author: commit_author ?? null,
    git_commit_timestamp: commit_timestamp ?? null,
  }
}
