import type { QualityGate, TaskType } from '@mosaicstack/telemetry-client/protocol'

import type { RequestSource } from '../ledger/request-rows.ts'
import type { Ending, MissingPart } from '../log-facts.ts'
import type { TokenCounts } from '../tokens.ts'
import type { Activity, GateRuns } from './activity.ts'

/** One task as the ledger knows it now. Project and branch are for this machine only. */
export interface TaskRecord {
  /** The agent's true name, also where an event can only say `custom`. */
  readonly harness: string
  readonly harnessVersion: string | undefined
  readonly session: string
  /** The agent's id of the prompt. */
  readonly prompt: string
  /** The id of its event, the same wherever the task is read. */
  readonly eventId: string
  readonly startedAtMs: number
  readonly endedAtMs: number
  /** Measured by the agent where it says so, else from the first to the last line. */
  readonly durationMs: number
  readonly project: string | undefined
  readonly branch: string | undefined
  readonly requests: number
  readonly tokens: TokenCounts
  readonly cost: TaskCost
  /** Dearest first. */
  readonly models: readonly ModelShare[]
  readonly compactions: number
  readonly retries: number
  /** Of the request with the largest context on the main thread. */
  readonly peakContextTokens: number
  /** Share of the context window, 0 to 1. */
  readonly peakContextUse: number
  readonly gates: Partial<Record<QualityGate, GateRuns>>
  /** Most edited. */
  readonly language: string | undefined
  readonly linesAdded: number
  readonly linesRemoved: number
  readonly tools: Activity['tools']
  readonly toolFailures: number
  /** Inferred: no log has it. */
  readonly taskType: TaskType
  /** Undefined while the model has not answered. */
  readonly ending: Ending | undefined
  readonly completeness: Completeness
  /** Whether a later task of the same session has begun. */
  readonly hasSuccessor: boolean
}

export interface TaskCost {
  /** Nano-dollars of all requests with a known price. */
  readonly knownNanoUsd: number
  /** Requests whose price is not known; with one of them the cost of the task is not known either. */
  readonly unpricedRequests: number
}

export interface ModelShare {
  readonly model: string
  readonly provider: string
  readonly requests: number
  readonly tokens: TokenCounts
  readonly cost: TaskCost
}

/** Where numbers come from, and what is known to be missing from them. */
export interface Completeness {
  readonly sources: readonly RequestSource[]
  readonly missing: readonly MissingPart[]
}

/** Nano-dollars of the whole; undefined where a part has no known price. */
export function knownCost({ knownNanoUsd, unpricedRequests }: TaskCost): number | undefined {
  return unpricedRequests === 0 ? knownNanoUsd : undefined
}
