import { Complexity, getTelemetryClient, Harness, Outcome, Provider, TaskType } from '@/lib/telemetry'
import { NextResponse } from 'next/server'

export async function POST(request: Request) {
  const task = await request.json()
  const telemetry = getTelemetryClient()

  telemetry.track(
    telemetry.eventBuilder.build({
      task_type: TaskType.IMPLEMENTATION,
      complexity: Complexity.MEDIUM,
      harness: Harness.CLAUDE_CODE,
      provider: Provider.ANTHROPIC,
      outcome: Outcome.SUCCESS,
      model: task.model,
      task_duration_ms: task.durationMs,
      estimated_input_tokens: task.estimatedInputTokens,
      estimated_output_tokens: task.estimatedOutputTokens,
      actual_input_tokens: task.actualInputTokens,
      actual_output_tokens: task.actualOutputTokens,
      estimated_cost_usd_micros: task.estimatedCostMicros,
      actual_cost_usd_micros: task.actualCostMicros,
      quality_gate_passed: task.qualityGatePassed,
      quality_gates_run: task.qualityGatesRun,
      quality_gates_failed: task.qualityGatesFailed,
      context_compactions: task.contextCompactions,
      context_rotations: task.contextRotations,
      context_utilization_final: task.contextUtilization,
      retry_count: 0,
      language: 'typescript',
    }),
  )
  return NextResponse.json({ status: 'queued' })
}
