import type { EventFields } from '@mosaicstack/telemetry-client'
import {
  Complexity,
  eventFields,
  Outcome,
  providerOfModel,
  QualityGate,
  TaskType,
  type Harness,
} from '@mosaicstack/telemetry-client/protocol'
import { z } from 'zod'

import { eventIdOf } from '../notes/task-note-files.ts'
import type { Actual, Quantity, TaskNote } from '../notes/task-notes.ts'
import { complexity, model, provider, taskId, taskType } from './task-fields.ts'

const gates = z.array(z.enum(QualityGate)).default([])

/** What `report_task` is told. */
export const reportInput = z.strictObject({
  outcome: z.enum(Outcome),
  task_id: taskId
    .optional()
    .describe('As predict_task named it; a second report of one task_id changes nothing'),
  input_tokens: z
    .int()
    .min(0)
    .default(0)
    .describe('All input, cached included; leave out what you do not know'),
  output_tokens: z.int().min(0).default(0),
  cost_usd: z.number().min(0).optional().describe('Needed with tokens; 0 where it was free'),
  duration_s: z.number().min(0).optional().describe('Default: since predict_task'),
  gates_run: gates.describe('Checks that the finished work was put through'),
  gates_failed: gates,
  retry_count: z.int().min(0).default(0),
  model: model.optional().describe('Default: as predicted, as for the three below'),
  task_type: taskType.optional(),
  complexity: complexity.optional(),
  provider: provider.optional(),
})
export type Report = z.infer<typeof reportInput>

/** What a task took, as far as it was told. */
export function actualOf(report: Report, note: TaskNote | undefined, nowMs: number): Actual {
  const sincePredictionMs = note === undefined ? 0 : Math.max(0, nowMs - note.predictedAtMs)
  return {
    cost_usd: report.cost_usd ?? 0,
    duration_s: report.duration_s ?? sincePredictionMs / 1000,
    input_tokens: report.input_tokens,
    output_tokens: report.output_tokens,
  }
}

/** The dimensions of a task: as reported, else as predicted. */
export function dimensionsOf(report: Report, note: TaskNote | undefined): TaskNote['query'] {
  const name = report.model ?? note?.query.model ?? 'unknown'
  return {
    task_type: report.task_type ?? note?.query.task_type ?? TaskType.UNKNOWN,
    model: name,
    provider: report.provider ?? note?.query.provider ?? providerOfModel(name),
    complexity: report.complexity ?? note?.query.complexity ?? Complexity.MEDIUM,
  }
}

/**
 * The event of a finished task: its estimates are the medians that were predicted. What is beyond a bound of the schema
 * is sent at the bound and named in `clamped`.
 */
export function eventOf(
  report: Report,
  note: TaskNote | undefined,
  actual: Actual,
  harness: Harness,
): { readonly event: EventFields; readonly clamped: readonly (keyof Report)[] } {
  const clamped: (keyof Report)[] = []
  const atMost = (name: keyof Report, max: number, value: number): number => {
    if (value > max) clamped.push(name)
    return Math.min(max, Math.round(value))
  }
  const expected = (quantity: Quantity, unit: number, max: number): number =>
    Math.min(max, Math.round((note?.expected[quantity]?.p50 ?? 0) * unit))

  const fields = eventFields
  const event: EventFields = {
    ...(report.task_id !== undefined && { event_id: eventIdOf(report.task_id) }),
    ...dimensionsOf(report, note),
    harness,
    task_duration_ms: atMost('duration_s', fields.task_duration_ms.max, actual.duration_s * 1000),
    estimated_input_tokens: expected('input_tokens', 1, fields.estimated_input_tokens.max),
    estimated_output_tokens: expected('output_tokens', 1, fields.estimated_output_tokens.max),
    actual_input_tokens: atMost('input_tokens', fields.actual_input_tokens.max, actual.input_tokens),
    actual_output_tokens: atMost('output_tokens', fields.actual_output_tokens.max, actual.output_tokens),
    estimated_cost_usd_micros: expected('cost_usd', 1_000_000, fields.estimated_cost_usd_micros.max),
    actual_cost_usd_micros: atMost(
      'cost_usd',
      fields.actual_cost_usd_micros.max,
      actual.cost_usd * 1_000_000,
    ),
    quality_gate_passed: report.gates_run.length > 0 && report.gates_failed.length === 0,
    quality_gates_run: report.gates_run,
    quality_gates_failed: report.gates_failed,
    context_compactions: 0,
    context_rotations: 0,
    context_utilization_final: 0,
    outcome: report.outcome,
    retry_count: atMost('retry_count', fields.retry_count.max, report.retry_count),
  }
  return { event, clamped }
}
