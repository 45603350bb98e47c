import { Counter, type Registry } from 'prom-client'

import type { Signal } from './read-batch.ts'

/** What became of a record. */
const RECORD_RESULTS = ['accepted', 'duplicate', 'ignored', 'malformed'] as const
export type RecordResult = (typeof RECORD_RESULTS)[number]

/** What became of a task that was seen through OpenTelemetry. */
const TASK_RESULTS = ['stored', 'duplicate', 'unpriced', 'invalid'] as const
export type TaskResult = (typeof TASK_RESULTS)[number]

/** Names of what is not kept that have a counter of their own; a sender's own names would be without end. */
const IGNORED_NAMES = new Set([
  'assistant_response',
  'at_mention',
  'auth',
  'background_end_without_id',
  'claude_code_span',
  'compaction_failed',
  'feedback_survey',
  'gen_ai_other',
  'hook_execution_complete',
  'hook_execution_start',
  'hook_registered',
  'internal_error',
  'managed_settings_resolved',
  'mcp_server_connection',
  'metric',
  'metric_without_session',
  'other_log',
  'permission_mode_changed',
  'plugin_loaded',
  'prompt_without_id',
  'retention_sweep',
  'skill_activated',
  'span_without_usage',
  'subagent_completed',
  'tool_decision',
  'tool_result',
])

/** What the OTLP receiver counts of itself. */
export interface OtlpCounters {
  records(signal: Signal, result: RecordResult, count: number): void
  ignored(signal: Signal, name: string, count: number): void
  task(result: TaskResult): void
  /** Requests that arrived after the event of their task. */
  lateRequests(count: number): void
  clampedFields(count: number): void
}

export function otlpCounters(registry: Registry): OtlpCounters {
  const registers = [registry]
  const records = new Counter({
    name: 'mosaic_otlp_records_total',
    help: 'Log records, spans and data points that arrived, by what became of them.',
    labelNames: ['signal', 'result'],
    registers,
  })
  for (const signal of ['logs', 'traces', 'metrics'] satisfies Signal[])
    for (const result of RECORD_RESULTS) records.inc({ signal, result }, 0)
  const ignored = new Counter({
    name: 'mosaic_otlp_ignored_total',
    help: 'Records of which nothing is kept, by name.',
    labelNames: ['signal', 'name'],
    registers,
  })
  const tasks = new Counter({
    name: 'mosaic_otlp_tasks_total',
    help: 'Tasks made from requests, by what became of their event.',
    labelNames: ['result'],
    registers,
  })
  for (const result of TASK_RESULTS) tasks.inc({ result }, 0)
  const late = new Counter({
    name: 'mosaic_otlp_late_requests_total',
    help: 'Requests that arrived after the event of their task, and are in the sums of their session only.',
    registers,
  })
  const clamped = new Counter({
    name: 'mosaic_otlp_clamped_fields_total',
    help: 'Fields of events that were beyond the event schema and are sent at its bound.',
    registers,
  })

  return {
    records(signal, result, count) {
      records.inc({ signal, result }, count)
    },
    ignored(signal, name, count) {
      ignored.inc({ signal, name: IGNORED_NAMES.has(name) ? name : 'other' }, count)
    },
    task: (result) => tasks.inc({ result }),
    lateRequests: (count) => late.inc(count),
    clampedFields: (count) => clamped.inc(count),
  }
}
