export { RunClient } from './run-client.ts'
export type { CommitAnswer, EndStatus, StartFields, SyncReport } from './run-answers.ts'
export type { RunClientConfig } from './run-config.ts'
export type { RunCounts } from './run-platform.ts'
export type { RunStats } from './run-statistics.ts'
export { TrackedRun } from './tracked-run.ts'
export type { TelemetryLogger } from '../config.ts'
export type { ClientStats, LossReason } from '../delivery/ledger.ts'
export { CommitSource, RunStatus } from '../protocol/index.ts'
export type {
  Json,
  NewRun,
  RunChanges,
  RunRecord,
  RunStatusAlias,
  RunTimelineEvent,
} from '../protocol/index.ts'
