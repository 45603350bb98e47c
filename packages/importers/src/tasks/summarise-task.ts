import { taskEventId } from '@mosaicstack/telemetry-client/protocol'

import { type RequestSource, SOURCE_BITS } from '../ledger/request-rows.ts'
import type { MissingPart } from '../log-facts.ts'
import { addTokens, allInput, NO_TOKENS } from '../tokens.ts'
import type { Activity } from './activity.ts'
import { type RequestSum, total } from './request-sums.ts'
import type { Completeness, ModelShare, TaskRecord } from './task-record.ts'
import { inferTaskType } from './task-type.ts'

export interface TaskParts {
  readonly harness: string
  readonly session: string
  readonly prompt: string
  readonly startedAtMs: number
  readonly hasSuccessor: boolean
  readonly activity: Activity
  readonly requests: readonly RequestSum[]
  /** The size of a model's context window in tokens, where it is known. */
  readonly contextWindow: (sum: RequestSum) => number | undefined
}

/** Adds up what is known about one task. The same parts give the same record. */
export function summariseTask(parts: TaskParts): TaskRecord {
  const { harness, session, prompt, startedAtMs, activity, requests } = parts
  const endedAtMs = Math.max(startedAtMs, activity.lastMs, ...requests.map((sum) => sum.lastMs))
  return {
    harness,
    harnessVersion: activity.version ?? undefined,
    session,
    prompt,
    eventId: taskEventId({ harness, sessionId: session, promptId: prompt }),
    startedAtMs,
    endedAtMs,
    durationMs: activity.turnDurationMs > 0 ? activity.turnDurationMs : endedAtMs - startedAtMs,
    project: activity.project ?? undefined,
    branch: activity.branch ?? undefined,
    requests: total(requests, (sum) => sum.requests),
    tokens: requests.reduce((all, { tokens }) => addTokens(all, tokens), NO_TOKENS),
    cost: {
      knownNanoUsd: total(requests, ({ cost }) => cost.knownNanoUsd),
      unpricedRequests: total(requests, ({ cost }) => cost.unpricedRequests),
    },
    models: sharesByModel(requests),
    compactions: activity.compactions,
    retries: activity.retries,
    ...peakContext(parts),
    gates: activity.gates,
    language: mostEdited(activity.languages),
    linesAdded: activity.linesAdded,
    linesRemoved: activity.linesRemoved,
    tools: activity.tools,
    toolFailures: activity.toolFailures,
    taskType: inferTaskType(activity),
    ending: activity.ending?.ending,
    completeness: completenessOf(activity, requests),
    hasSuccessor: parts.hasSuccessor,
  }
}

function sharesByModel(sums: readonly RequestSum[]): readonly ModelShare[] {
  const shares = new Map<string, ModelShare>()
  for (const { model, provider, requests, tokens, cost } of sums) {
    const key = `${model}\n${provider}`
    const known = shares.get(key)
    const share = { model, provider, requests, tokens, cost }
    shares.set(key, known === undefined ? share : addShares(known, share))
  }
  return [...shares.values()].sort(dearestFirst)
}

export function addShares(a: ModelShare, b: ModelShare): ModelShare {
  return {
    model: a.model,
    provider: a.provider,
    requests: a.requests + b.requests,
    tokens: addTokens(a.tokens, b.tokens),
    cost: {
      knownNanoUsd: a.cost.knownNanoUsd + b.cost.knownNanoUsd,
      unpricedRequests: a.cost.unpricedRequests + b.cost.unpricedRequests,
    },
  }
}

function dearestFirst(a: ModelShare, b: ModelShare): number {
  return (
    b.cost.knownNanoUsd - a.cost.knownNanoUsd ||
    allInput(b.tokens) + b.tokens.output - allInput(a.tokens) - a.tokens.output ||
    (a.model < b.model ? -1 : 1)
  )
}

/** A subagent has a context of its own; only where nothing else is known does it stand for the task's. */
function peakContext({ requests, contextWindow }: TaskParts) {
  const main = requests.filter(({ isMain }) => isMain)
  const [peak] = [...(main.length > 0 ? main : requests)].sort(fullestFirst)
  const peakContextTokens = peak?.peakContextTokens ?? 0
  const window = peak === undefined ? undefined : contextWindow(peak)
  const peakContextUse = window === undefined ? 0 : Math.min(1, peakContextTokens / window)
  return { peakContextTokens, peakContextUse }
}

function fullestFirst(a: RequestSum, b: RequestSum): number {
  return b.peakContextTokens - a.peakContextTokens || (a.model < b.model ? -1 : 1)
}

function mostEdited(languages: Activity['languages']): string | undefined {
  const [first] = Object.entries(languages).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return first?.[0]
}

/** What the log said is missing, less what another source has brought. */
export function completenessOf(
  { missing, compactions }: Pick<Activity, 'missing' | 'compactions'>,
  requests: readonly RequestSum[],
): Completeness {
  const bits = requests.reduce((all, { sources }) => all | sources, 0)
  const sources = (Object.keys(SOURCE_BITS) as RequestSource[]).filter(
    (source) => (bits & SOURCE_BITS[source]) !== 0,
  )
  const parts = new Set<MissingPart>(missing)
  if (total(requests, (sum) => sum.compactionRequests) >= compactions) parts.delete('compaction_request')
  if (total(requests, (sum) => sum.partialOutputs) > 0) parts.add('subagent_output')
  if (total(requests, ({ cost }) => cost.unpricedRequests) > 0) parts.add('unpriced_model')
  return { sources, missing: [...parts].sort() }
}
