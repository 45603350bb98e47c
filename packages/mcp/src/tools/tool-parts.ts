import type { SpendLedger } from '../spend-ledger.ts'
import type { TaskNotes } from '../notes/task-notes.ts'
import type { Telemetry } from '../telemetry.ts'

/** What the tools share. */
export interface ToolParts {
  readonly telemetry: Telemetry
  readonly notes: TaskNotes
  readonly ledger: SpendLedger
  readonly nowMs: () => number
  /** Names a task that the agent has not named. */
  readonly newTaskId: () => string
}
