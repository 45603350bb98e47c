import { taskEventId } from '@mosaicstack/telemetry-client/protocol'

import { type RequestSource, SOURCE_BITS } from '../ledger/request-rows.ts'
import type { MissingPart } from '../log-facts.ts'
import { addTokens, allInput, NO_TOKENS, type TokenCounts } from '../tokens.ts'
import type { Activity } from './activity.ts'
import type { RequestView } from './request-view.ts'
import type { Completeness, ModelShare, TaskCost, TaskRecord } from './task-record.ts'
import { inferTaskType } from './task-type.ts'

export interface TaskParts {
  readonly harness: string
  readonly session: string
  readonly prompt: string
  readonly startedAtMs: number
  readonly hasSuccessor: boolean
  readonly activity: Activity
  /** In the order of time. */
  readonly requests: readonly RequestView[]
  /** The size of a model's context window in tokens, where it is known. */
  readonly contextWindow: (request: RequestView) => number | undefined
}

/** Adds up what is known about one task. The same parts give the same record. */
export function summariseTask(parts: TaskParts): TaskRecord {
  const { harness, session, prompt, startedAtMs, activity, requests } = parts
  const endedAtMs = Math.max(startedAtMs, activity.lastMs, ...requests.map((request) => request.atMs))
  const models = sharesByModel(requests)
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
    requests: requests.length,
    tokens: sumTokens(requests),
    cost: sumCost(requests),
    models,
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

export function sumTokens(requests: readonly { readonly tokens: TokenCounts }[]): TokenCounts {
  return requests.reduce((sum, { tokens }) => addTokens(sum, tokens), NO_TOKENS)
}

export function sumCost(requests: readonly Pick<RequestView, 'costNanoUsd'>[]): TaskCost {
  let knownNanoUsd = 0
  let unpricedRequests = 0
  for (const { costNanoUsd } of requests) {
    if (costNanoUsd === null) unpricedRequests++
    else knownNanoUsd += costNanoUsd
  }
  return { knownNanoUsd, unpricedRequests }
}

function sharesByModel(requests: readonly RequestView[]): readonly ModelShare[] {
  const groups = new Map<string, RequestView[]>()
  for (const request of requests) {
    const key = `${request.model}\n${request.provider}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [request])
    else group.push(request)
  }
  const shares = [...groups.values()].map((group) => ({
    model: group[0]?.model ?? '',
    provider: group[0]?.provider ?? '',
    requests: group.length,
    tokens: sumTokens(group),
    cost: sumCost(group),
  }))
  return shares.sort(dearestFirst)
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
  const main = requests.filter(({ role }) => role === 'main')
  let peakContextTokens = 0
  let peak: RequestView | undefined
  for (const request of main.length > 0 ? main : requests) {
    if (allInput(request.tokens) < peakContextTokens) continue
    peakContextTokens = allInput(request.tokens)
    peak = request
  }
  const window = peak === undefined ? undefined : contextWindow(peak)
  const peakContextUse = window === undefined ? 0 : Math.min(1, peakContextTokens / window)
  return { peakContextTokens, peakContextUse }
}

function mostEdited(languages: Activity['languages']): string | undefined {
  const [first] = Object.entries(languages).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return first?.[0]
}

/** What the log said is missing, less what another source has brought. */
export function completenessOf(
  { missing, compactions }: Pick<Activity, 'missing' | 'compactions'>,
  requests: readonly RequestView[],
): Completeness {
  const bits = requests.reduce((all, { sources }) => all | sources, 0)
  const sources = (Object.keys(SOURCE_BITS) as RequestSource[]).filter(
    (source) => (bits & SOURCE_BITS[source]) !== 0,
  )
  const parts = new Set<MissingPart>(missing)
  const compactionRequests = requests.filter(({ role }) => role === 'compaction').length
  if (compactionRequests >= compactions) parts.delete('compaction_request')
  if (requests.some(({ isOutputPartial }) => isOutputPartial)) parts.add('subagent_output')
  if (requests.some(({ costNanoUsd }) => costNanoUsd === null)) parts.add('unpriced_model')
  return { sources, missing: [...parts].sort() }
}
