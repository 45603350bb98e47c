import {
  eventFields,
  Harness,
  type Outcome,
  Provider,
  QualityGate,
  type TaskCompletionEvent,
} from '@mosaicstack/telemetry-client/protocol'

import { knownCost, type TaskRecord } from '../tasks/task-record.ts'
import { allInput } from '../tokens.ts'
import type { Estimate } from './estimates.ts'

export type EventOutcome =
  | {
      readonly kind: 'event'
      readonly event: TaskCompletionEvent
      /** Fields that were beyond what the event schema allows, and are sent at its bound. */
      readonly clamped: readonly string[]
    }
  /** Some cost is unknown, and an event has no way to say so; 0 would be a lie. */
  | { readonly kind: 'unpriced' }
  /** No model was asked. */
  | { readonly kind: 'no_usage' }

export interface EventSettings {
  readonly instanceId: string
  readonly nowMs: number
  readonly estimate?: Estimate | undefined
}

/**
 * The event of a task: numbers and enumerations, nothing that a person wrote, no path, no name of a project. What no log
 * has stays at a value that says nothing: `complexity` is `medium`, an estimate that was never made is 0.
 */
export function taskEvent(task: TaskRecord, settings: EventSettings): EventOutcome {
  const [main] = task.models
  if (main === undefined || allInput(task.tokens) + task.tokens.output === 0) return { kind: 'no_usage' }
  const costNanoUsd = knownCost(task.cost)
  if (costNanoUsd === undefined) return { kind: 'unpriced' }

  const clamped: string[] = []
  const clamp = (field: IntegerField, value: number): number => {
    const { max } = eventFields[field]
    if (value > max) clamped.push(field)
    return Math.min(max, Math.max(0, Math.round(value)))
  }
  const event: TaskCompletionEvent = {
    instance_id: settings.instanceId,
    event_id: task.eventId,
    schema_version: '1.0',
    // A clock that was set back since would make an event of tomorrow, which is refused.
    timestamp: new Date(Math.min(task.endedAtMs, settings.nowMs)).toISOString(),
    task_duration_ms: clamp('task_duration_ms', task.durationMs),
    task_type: task.taskType,
    complexity: 'medium',
    harness: eventHarness(task.harness),
    model: eventModel(main.model),
    provider: eventProvider(main.provider),
    estimated_input_tokens: clamp('estimated_input_tokens', settings.estimate?.inputTokens ?? 0),
    estimated_output_tokens: clamp('estimated_output_tokens', settings.estimate?.outputTokens ?? 0),
    actual_input_tokens: clamp('actual_input_tokens', allInput(task.tokens)),
    actual_output_tokens: clamp('actual_output_tokens', task.tokens.output),
    estimated_cost_usd_micros: clamp('estimated_cost_usd_micros', settings.estimate?.costUsdMicros ?? 0),
    actual_cost_usd_micros: clamp('actual_cost_usd_micros', costNanoUsd / 1000),
    ...gatesOf(task),
    context_compactions: clamp('context_compactions', task.compactions),
    context_rotations: 0,
    context_utilization_final: task.peakContextUse,
    outcome: outcomeOf(task),
    retry_count: clamp('retry_count', task.retries),
    language: task.language ?? null,
    repo_size_category: null,
  }
  return { kind: 'event', event, clamped }
}

type IntegerField = {
  [Name in keyof typeof eventFields]: (typeof eventFields)[Name]['kind'] extends 'integer' ? Name : never
}[keyof typeof eventFields]

/** A gate counts by its last run: what failed first and passed in the end was repaired. */
function gatesOf({ gates }: TaskRecord) {
  const run = Object.values(QualityGate).filter((gate) => gates[gate] !== undefined)
  const failed = run.filter((gate) => gates[gate]?.lastFailed === true)
  return {
    quality_gate_passed: run.length > 0 && failed.length === 0,
    quality_gates_run: run,
    quality_gates_failed: failed,
  }
}

/** That the agent had the last word does not make it right: a gate left failing makes the task partial. */
export function outcomeOf(task: Pick<TaskRecord, 'ending' | 'gates'>): Outcome {
  if (task.ending === 'failed') return 'failure'
  if (task.ending !== 'answered') return 'partial'
  const endsFailing = Object.values(task.gates).some((gate) => gate.lastFailed)
  return endsFailing ? 'partial' : 'success'
}

/** Harnesses without a member of their own in the enumeration are `custom`. */
function eventHarness(harness: string): Harness {
  return Object.values(Harness).find((each) => each === harness) ?? 'custom'
}

function eventProvider(provider: string): Provider {
  if (provider === '') return 'unknown'
  if (provider === 'vertex' || provider === 'gemini') return 'google'
  return Object.values(Provider).find((each) => each === provider) ?? 'custom'
}

const MAX_MODEL_LENGTH = eventFields.model.maxLength

/** A model may be named by a path or by an ARN with an account number in it; only the last part leaves the machine. */
function eventModel(model: string): string {
  const isPlace = /^(?:arn:|[/\\~.]|[a-z]:[/\\])/i.test(model)
  const name = isPlace ? (model.split(/[/\\]/).findLast((part) => part !== '') ?? '') : model
  const isPrintable = /^[\x21-\x7e]+$/.test(name) && !name.startsWith('arn:')
  return isPrintable ? name.slice(0, MAX_MODEL_LENGTH) : 'custom'
}
