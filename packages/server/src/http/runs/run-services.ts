import type { GroupCommit } from '../../ingest/group-commit.ts'
import type { RunMetadataCache } from '../../runs/run-metadata.ts'
import type { RunStore, RunWrite, RunWriteResult } from '../../storage/run-store.ts'
import type { RequestHook } from '../authenticate.ts'

/** One request's writes, which stand or fall together with the others of their group. */
export interface RunRequest {
  readonly count: number
  readonly writes: readonly RunWrite[]
}

/** What the routes of the agent-run API work with. */
export interface RunServices {
  readonly commits: GroupCommit<RunRequest, readonly RunWriteResult[]>
  readonly store: Pick<RunStore, 'findRun' | 'listRuns' | 'listRunEvents'>
  readonly metadata: RunMetadataCache
  readonly requireRunToken: RequestHook
  readonly nowMs: () => number
}
