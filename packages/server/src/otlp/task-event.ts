import {
  eventFields,
  Harness,
  type OtlpRequest,
  type TaskCompletionEvent,
  taskEventId,
} from '@mosaicstack/telemetry-client/protocol'

import type { SessionTask } from './tasks-of-session.ts'

/** What a request cost in micro-dollars; `undefined` where nobody knows, which is never taken for 0. */
export type CostOf = (request: OtlpRequest) => number | undefined

export type TaskEvent =
  | {
      readonly kind: 'event'
      readonly event: TaskCompletionEvent
      /** Fields that were beyond what the event schema allows, and are sent at its bound. */
      readonly clamped: number
    }
  /** The cost of some request is unknown, and an event has no way to say so. */
  | { readonly kind: 'unpriced' }

/**
 * The event of a task that was seen through OpenTelemetry alone. It says what requests can tell: tokens, cost, duration,
 * errors. What only a transcript knows (gates, languages, what kind of work it was) stays open, and there is no estimate.
 */
export function taskEvent(
  task: SessionTask,
  session: { readonly instanceId: string; readonly sessionId: string },
  costOf: CostOf,
  nowMs: number,
): TaskEvent {
  const costs = task.requests.map(costOf)
  if (costs.includes(undefined)) return { kind: 'unpriced' }

  const { harness, provider, model } = mainRequest(task.requests, costs as number[])
  let clamped = 0
  const clamp = (field: ClampedField, value: number) => {
    const { max } = eventFields[field]
    if (value > max) clamped++
    return Math.min(max, value)
  }
  const sum = (value: (request: OtlpRequest) => number) =>
    task.requests.reduce((total, request) => total + value(request), 0)

  const event: TaskCompletionEvent = {
    instance_id: session.instanceId,
    event_id: taskEventId({ harness, sessionId: session.sessionId, promptId: task.promptId }),
    // A sender's clock may run ahead; an event from tomorrow would be refused.
    timestamp: new Date(Math.min(task.endedAtMs, nowMs)).toISOString(),
    task_duration_ms: clamp('task_duration_ms', task.endedAtMs - task.startedAtMs),
    task_type: 'unknown',
    complexity: 'medium',
    harness: eventHarness(harness),
    model,
    provider,
    estimated_input_tokens: 0,
    estimated_output_tokens: 0,
    actual_input_tokens: clamp('actual_input_tokens', sum(contextTokens)),
    actual_output_tokens: clamp(
      'actual_output_tokens',
      sum((request) => request.output_tokens),
    ),
    estimated_cost_usd_micros: 0,
    actual_cost_usd_micros: clamp(
      'actual_cost_usd_micros',
      (costs as number[]).reduce((total, cost) => total + cost, 0),
    ),
    quality_gate_passed: false,
    context_compactions: clamp('context_compactions', task.compactions),
    context_rotations: 0,
    context_utilization_final: contextUtilization(task.requests),
    outcome: task.endsInError ? 'failure' : 'success',
    retry_count: clamp('retry_count', task.apiErrors),
  }
  return { kind: 'event', event, clamped }
}

type ClampedField = {
  [Name in keyof typeof eventFields]: (typeof eventFields)[Name]['kind'] extends 'integer' ? Name : never
}[keyof typeof eventFields]

/** The request that speaks for the task: of the model that cost most, where nothing cost anything of the largest. */
function mainRequest(requests: readonly OtlpRequest[], costs: readonly number[]): OtlpRequest {
  const weights = new Map<string, { readonly request: OtlpRequest; cost: number; tokens: number }>()
  for (const [index, request] of requests.entries()) {
    const weight = weights.get(request.model) ?? { request, cost: 0, tokens: 0 }
    weight.cost += costs[index] ?? 0
    weight.tokens += contextTokens(request) + request.output_tokens
    weights.set(request.model, weight)
  }
  const [heaviest] = [...weights.values()].sort((a, b) => b.cost - a.cost || b.tokens - a.tokens)
  if (heaviest === undefined) throw new Error('a task has at least one request')
  return heaviest.request
}

/** Harnesses without a member of their own in the enumeration are `custom`. */
function eventHarness(harness: string): Harness {
  return Object.values(Harness).find((each) => each === harness) ?? 'custom'
}

function contextTokens(request: OtlpRequest): number {
  return request.fresh_input_tokens + request.cache_read_tokens + request.cache_write_tokens
}

const CLAUDE_WINDOW_TOKENS = 200_000
const CLAUDE_LONG_WINDOW_TOKENS = 1_000_000

/** The peak share of the window, for models whose window is known; 0 for others. */
function contextUtilization(requests: readonly OtlpRequest[]): number {
  const claude = requests.filter((request) => request.model.includes('claude'))
  const peak = Math.max(0, ...claude.map(contextTokens))
  const isLong = peak > CLAUDE_WINDOW_TOKENS || claude.some((request) => request.model.endsWith('[1m]'))
  return Math.min(1, peak / (isLong ? CLAUDE_LONG_WINDOW_TOKENS : CLAUDE_WINDOW_TOKENS))
}
