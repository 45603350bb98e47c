import type { QualityGate } from '@mosaicstack/telemetry-client/protocol'

/** The instance every event names; the real server is given a key for the same one. */
export const INSTANCE_ID = '0190f5a2-7c1e-7b3a-9d4f-3e2a1b0c9d8e'

/** A key of the right shape. The mock server accepts any. */
export const API_KEY = '5f0c'.repeat(16)

const ID_PREFIX = '0190f5a2-0000-7000-8000-'

/** The id of the event with this number, so that a server can tell which of them it has. */
export function eventId(index: number): string {
  return ID_PREFIX + index.toString(16).padStart(12, '0')
}

/** The event all SDKs are given: 26 fields, about 900 bytes as JSON. A new object each time. */
export function benchEvent(index: number, instanceId = INSTANCE_ID) {
  return {
    instance_id: instanceId,
    event_id: eventId(index),
    schema_version: '1.0',
    timestamp: '2026-03-14T09:26:53.589Z',
    task_duration_ms: 184_213 + (index % 1000),
    task_type: 'implementation' as const,
    complexity: 'medium' as const,
    harness: 'claude_code' as const,
    model: 'claude-sonnet-4-5-20250929',
    provider: 'anthropic' as const,
    estimated_input_tokens: 105_000,
    estimated_output_tokens: 45_000,
    actual_input_tokens: 112_340,
    actual_output_tokens: 38_760,
    estimated_cost_usd_micros: 630_000,
    actual_cost_usd_micros: 919_020,
    quality_gate_passed: true,
    quality_gates_run: ['build', 'lint', 'test', 'coverage', 'typecheck'] as QualityGate[],
    quality_gates_failed: ['coverage'] as QualityGate[],
    context_compactions: 2,
    context_rotations: 1,
    context_utilization_final: 0.7342,
    outcome: 'success' as const,
    retry_count: 1,
    language: 'typescript',
    repo_size_category: 'medium' as const,
  }
}

export type BenchEvent = ReturnType<typeof benchEvent>
