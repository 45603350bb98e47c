import { createHash } from 'node:crypto'

import { Complexity, TaskType, type TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'

import { randomOf } from '../runs/fill-store.ts'

/** Instances that report, each with a key of its own. */
export const INSTANCES = 512

const MODELS = [
  ['claude-sonnet-4-5', 'anthropic'],
  ['claude-opus-4-1-20250805', 'anthropic'],
  ['gpt-5-codex', 'openai'],
  ['gemini-2.5-pro', 'google'],
  ['qwen3-coder:30b', 'ollama'],
  ['mistralai/devstral-medium', 'openrouter'],
] as const
const TASK_TYPES = Object.values(TaskType)
const COMPLEXITIES = Object.values(Complexity)
const LANGUAGES = ['TypeScript', 'Python', 'Rust', 'Go']

/** Kinds of task that one instance works on. More would be a fleet, and would only measure how many units there are. */
const KINDS_PER_INSTANCE = 8

export function instanceIdOf(instance: number): string {
  return `00000000-0000-4000-8000-${String(instance).padStart(12, '0')}`
}

/** The same key in every run, so that a filled store can be kept. */
export function apiKeyOf(instance: number): string {
  return createHash('sha256').update(`bench instance ${instance}`).digest('hex')
}

/** An event of 26 fields, about 860 bytes as JSON; the id is for the sender to fill in. */
export function eventOf(instance: number, seed: number, timestamp: string): TaskCompletionEvent {
  const random = randomOf(instance * 1_000_003 + seed)
  const kind = instance * 7 + Math.floor(random() ** 2 * KINDS_PER_INSTANCE)
  const [model, provider] = pick(MODELS, kind)
  const inputTokens = Math.round(20_000 * Math.exp(1.2 * (random() + random() + random() - 1.5)))
  const outputTokens = Math.round(inputTokens * 0.08 * (0.5 + random()))
  return {
    instance_id: instanceIdOf(instance),
    event_id: PLACEHOLDER_ID,
    schema_version: '1.0',
    timestamp,
    task_duration_ms: Math.round(30_000 + random() * 600_000),
    task_type: pick(TASK_TYPES, kind),
    complexity: pick(COMPLEXITIES, kind >> 1),
    harness: 'claude_code',
    model,
    provider,
    estimated_input_tokens: Math.round(inputTokens * 0.8),
    estimated_output_tokens: Math.round(outputTokens * 0.9),
    actual_input_tokens: inputTokens,
    actual_output_tokens: outputTokens,
    estimated_cost_usd_micros: inputTokens * 3,
    actual_cost_usd_micros: inputTokens * 3 + outputTokens * 15,
    quality_gate_passed: random() < 0.9,
    quality_gates_run: ['build', 'lint', 'test'],
    quality_gates_failed: [],
    context_compactions: Math.floor(random() * 3),
    context_rotations: 0,
    context_utilization_final: Math.round(random() * 1000) / 1000,
    outcome: random() < 0.92 ? 'success' : 'failure',
    retry_count: Math.floor(random() * 3),
    language: pick(LANGUAGES, kind),
    repo_size_category: 'medium',
  }
}

/** As long as any id. */
export const PLACEHOLDER_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

function pick<T>(list: readonly T[], number: number): T {
  return list[number % list.length] as T
}
