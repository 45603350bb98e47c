import { Complexity, Harness, Outcome, Provider, QualityGate, TaskType } from '@mosaicstack/telemetry-client'

import { telemetry } from './telemetry.js'

export async function runTask() {
  const startedMs = Date.now()
  await Promise.resolve() // the task itself

  const event = telemetry.eventBuilder.build({
    task_type: TaskType.IMPLEMENTATION,
    complexity: Complexity.HIGH,
    harness: Harness.CLAUDE_CODE,
    model: 'claude-sonnet-4-5-20250929',
    provider: Provider.ANTHROPIC,
    outcome: Outcome.SUCCESS,
    task_duration_ms: Date.now() - startedMs,
    estimated_input_tokens: 200_000,
    estimated_output_tokens: 80_000,
    actual_input_tokens: 215_000,
    actual_output_tokens: 72_000,
    estimated_cost_usd_micros: 1_200_000,
    actual_cost_usd_micros: 1_150_000,
    quality_gate_passed: true,
    quality_gates_run: [QualityGate.BUILD, QualityGate.LINT, QualityGate.TEST, QualityGate.TYPECHECK],
    quality_gates_failed: [],
    context_compactions: 3,
    context_rotations: 1,
    context_utilization_final: 0.85,
    retry_count: 0,
    language: 'typescript',
    repo_size_category: 'medium',
  })
  telemetry.track(event)
}
