import type { Clock } from '../delivery/clock.ts'
import type { RunIdentity } from './run-write.ts'

/** What a runtime with a disk keeps of runs. On others there is none: writes wait in memory, and nothing else is kept. */
export interface RunPlatform {
  readonly hostName: string
  /** Where NDJSON goes when nobody says: a directory of this user. */
  defaultNdjsonDir(): string
  openJournal(options: JournalOptions): Journal
  openRecentRuns(directory: string): RecentRuns
  /** What the repository around the current directory says. Cheap, never throws. */
  readonly gitFacts: () => GitFacts
}

export interface JournalOptions {
  readonly directory: string
  readonly clock: Clock
  /** Told about the first write that fails, and again after writes have worked in between. */
  readonly onFailure: (reason: string) => void
}

/** Notes every write as one line, whatever the network does. */
export interface Journal {
  /** Never throws. */
  append(record: object): void
  /** Counts the runs of the last days; undefined where no file can be read. */
  countRuns(): Promise<RunCounts | undefined>
}

export interface RunCounts {
  readonly total_runs: number
  readonly agents: Readonly<Record<string, number>>
  readonly recent_24h: number
}

/** The newest runs of every process that shares the buffer, so that a commit finds its run. */
export interface RecentRuns {
  /** Never throws; what cannot be noted cannot be found by another process. */
  note(run: RunIdentity): void
  find(runId: string): RunIdentity | undefined
}

export interface GitFacts {
  /** The address of the remote, without credentials. */
  readonly git_repo?: string
  /** Absent while no branch is checked out. */
  readonly git_branch?: string
}
