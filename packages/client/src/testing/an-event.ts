import type { TaskCompletionEvent } from '../protocol/index.ts'

export const INSTANCE_ID = 'a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d'
export const API_KEY = 'ab'.repeat(32)

/** A valid event; name the fields that matter. */
export function anEvent(fields: Partial<TaskCompletionEvent> = {}): TaskCompletionEvent {
  return {
    instance_id: INSTANCE_ID,
    task_duration_ms: 45_000,
    task_type: 'implementation',
    complexity: 'medium',
    harness: 'claude_code',
    model: 'claude-sonnet-4-5-20250929',
    provider: 'anthropic',
    estimated_input_tokens: 200_000,
    estimated_output_tokens: 80_000,
    actual_input_tokens: 215_000,
    actual_output_tokens: 72_000,
    estimated_cost_usd_micros: 1_200_000,
    actual_cost_usd_micros: 1_150_000,
    quality_gate_passed: true,
    quality_gates_run: ['build', 'lint', 'test', 'typecheck'],
    quality_gates_failed: [],
    context_compactions: 3,
    context_rotations: 1,
    context_utilization_final: 0.85,
    outcome: 'success',
    retry_count: 0,
    language: 'typescript',
    repo_size_category: 'medium',
    ...fields,
  }
}
