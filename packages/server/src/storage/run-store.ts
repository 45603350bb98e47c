import type { RunFieldName, RunStatus } from '@mosaicstack/telemetry-client/protocol'

import type { ColumnValue } from './event-columns.ts'
import type { RunValues } from './run-rows.ts'

/** What the server asks of its database about agent runs. Part of the `Store` port. */
export interface RunStore {
  /** Carries out the writes of several requests in their order, in one transaction: all of them or none. */
  writeRuns(requests: readonly (readonly RunWrite[])[]): Promise<RunWriteOutcome>
  findRun(eventId: string): Promise<StoredRun | undefined>
  /** Newest `created_at` first. */
  listRuns(query: RunQuery): Promise<readonly StoredRun[]>
  /** The timeline in the order in which it happened; `undefined` where there is no such run. */
  listRunEvents(eventId: string): Promise<readonly StoredRunEvent[] | undefined>
  countRuns(createdAfterUs: number): Promise<RunCounts>
}

export type RunWrite =
  | {
      readonly kind: 'create'
      readonly values: RunValues
      readonly createdAtUs: number
      readonly startTimeUs: number
      readonly updatedAtUs: number
      /** What a known `event_id` means: nothing changes, or what is new is merged into what is there. */
      readonly onRepeat: 'keep' | 'merge'
    }
  | {
      readonly kind: 'change'
      readonly eventId: string
      readonly values: RunValues
      /** A commit that replaces another takes nothing over from it: no author, no time. */
      readonly isCommit: boolean
      readonly updatedAtUs: number
    }
  | {
      readonly kind: 'timeline'
      readonly eventId: string
      readonly events: readonly StoredRunEvent[]
      readonly updatedAtUs: number
    }
  /** Sets runs to `timeout` that are running and of which nothing was heard since a moment. */
  | {
      readonly kind: 'expire'
      readonly silentSinceUs: number
      readonly endTime: string
      readonly errorSummary: string
      readonly updatedAtUs: number
    }

export type RunWriteResult =
  | { readonly kind: 'created' | 'repeated' | 'changed' }
  | { readonly kind: 'unknown_run' }
  | { readonly kind: 'expired'; readonly runs: number }

export type RunWriteOutcome =
  | { readonly kind: 'stored'; readonly requests: readonly (readonly RunWriteResult[])[] }
  | { readonly kind: 'unavailable'; readonly cause: string }

/** A run as it is stored. */
export interface StoredRun extends Readonly<Record<RunFieldName, ColumnValue>> {
  readonly run_no: number
  readonly event_id: string
  readonly run_id: string
  readonly status: RunStatus
  readonly created_at_us: number
  readonly updated_at_us: number
}

export interface StoredRunEvent {
  /** Unique within its run, where the client gives one. */
  readonly eventId: string | null
  readonly eventType: string
  readonly timestamp: string
  readonly timestampUs: number
  /** JSON text. */
  readonly payload: string | null
}

export interface RunQuery {
  readonly agentName?: string | undefined
  readonly status?: RunStatus | undefined
  readonly jobType?: string | undefined
  readonly parentRunId?: string | undefined
  /** Exclusive. */
  readonly createdBeforeUs?: number | undefined
  /** Exclusive. */
  readonly createdAfterUs?: number | undefined
  /** Inclusive. */
  readonly startTimeFromUs?: number | undefined
  /** Inclusive. */
  readonly startTimeToUs?: number | undefined
  /** Only what follows this run in the order of the list. */
  readonly after?: { readonly createdAtUs: number; readonly runNo: number } | undefined
  readonly limit: number
  readonly offset: number
}

export interface RunCounts {
  readonly total: number
  readonly recent: number
  readonly byAgentAndJobType: readonly {
    readonly agentName: string
    readonly jobType: string
    readonly runs: number
  }[]
}
