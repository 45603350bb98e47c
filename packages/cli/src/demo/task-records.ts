import { readFileSync } from 'node:fs'

import {
  type Complexity,
  eventFields,
  type TaskCompletionEvent,
  type TaskType,
} from '@mosaicstack/telemetry-client/protocol'

/** A bundled task, as the event that reports it. `data/README.md` says how each column maps. */
export interface TaskRecord {
  readonly event: Omit<TaskCompletionEvent, 'instance_id' | 'event_id'>
  /** Fields that had to be sent at a bound of the schema. */
  readonly clampedFields: readonly string[]
}

const MODEL_CONTEXT_TOKENS = 200_000

/** Upper bounds of the prompt's length in characters, the only measure of difficulty known beforehand. */
const COMPLEXITY_BELOW: readonly (readonly [number, Complexity])[] = [
  [50, 'low'],
  [200, 'medium'],
  [1000, 'high'],
  [Number.POSITIVE_INFINITY, 'critical'],
]

const LANGUAGES: Readonly<Record<string, string>> = {
  go: 'go',
  md: 'markdown',
  sh: 'shell',
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  toml: 'toml',
}

/** The bundled tasks in order of time. */
export function readTaskRecords(): readonly TaskRecord[] {
  const file = new URL('../../data/claude-code-tasks.csv', import.meta.url)
  const [header = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  const names = header.split(',')
  return lines
    .map((line) => {
      const cells = line.split(',')
      return toRecord(Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])))
    })
    .sort((a, b) => String(a.event.timestamp).localeCompare(String(b.event.timestamp)))
}

type Row = Readonly<Record<string, string>>

function toRecord(row: Row): TaskRecord {
  const clampedFields: string[] = []
  const bounded = (field: BoundedField, value: number) => {
    const { max } = eventFields[field]
    if (value > max) clampedFields.push(field)
    return Math.min(value, max)
  }
  const number = (column: string) => Number(row[column])
  const durationMs = number('duration_s') * 1000

  return {
    clampedFields,
    event: {
      timestamp: new Date(Date.parse(row['started_at'] ?? '') + durationMs).toISOString(),
      task_duration_ms: bounded('task_duration_ms', durationMs),
      task_type: taskType(row),
      complexity: complexity(number('prompt_chars')),
      harness: 'claude_code',
      model: row['model'] ?? 'unknown',
      provider: 'anthropic',
      estimated_input_tokens: 0,
      estimated_output_tokens: 0,
      actual_input_tokens: bounded('actual_input_tokens', inputTokens(row)),
      actual_output_tokens: bounded('actual_output_tokens', number('output_tokens')),
      estimated_cost_usd_micros: 0,
      actual_cost_usd_micros: bounded('actual_cost_usd_micros', number('cost_micro_usd')),
      quality_gate_passed: false,
      context_compactions: bounded('context_compactions', number('compactions')),
      context_rotations: 0,
      context_utilization_final: Math.min(1, number('peak_context_tokens') / MODEL_CONTEXT_TOKENS),
      outcome: row['interrupted'] === '1' ? 'partial' : 'success',
      retry_count: 0,
      language: LANGUAGES[row['main_file_type'] ?? ''] ?? null,
    },
  }
}

type BoundedField =
  | 'task_duration_ms'
  | 'actual_input_tokens'
  | 'actual_output_tokens'
  | 'actual_cost_usd_micros'
  | 'context_compactions'

/** All input, cached included. */
function inputTokens(row: Row): number {
  const columns = ['input_tokens', 'cache_read_tokens', 'cache_write_5m_tokens', 'cache_write_1h_tokens']
  return columns.reduce((sum, column) => sum + Number(row[column]), 0)
}

function taskType(row: Row): TaskType {
  if (row['edit_calls'] === '0') return 'unknown'
  return row['main_file_type'] === 'md' ? 'documentation' : 'implementation'
}

function complexity(promptChars: number): Complexity {
  return COMPLEXITY_BELOW.find(([below]) => promptChars < below)?.[1] ?? 'critical'
}
