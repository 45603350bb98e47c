import {
  Complexity,
  type Harness,
  type Outcome,
  type Provider,
  QualityGate,
  type TaskCompletionEvent,
  TaskType,
} from '@mosaicstack/telemetry-client/protocol'

import { readTaskRecords } from '../../packages/cli/src/demo/task-records.ts'
import { type SeededRandom, seededRandom } from '../contract/seeded-random.ts'

export type Task = Omit<TaskCompletionEvent, 'instance_id' | 'event_id'>

const DAY_MS = 86_400_000

interface Model {
  readonly model: string
  readonly provider: Provider
  readonly harness: Harness
  /** Micro-dollars of a typical task. */
  readonly cost: number
  /** Tasks of a hundred that succeed. */
  readonly success: number
}

const MODELS: readonly Model[] = [
  { model: 'claude-opus-4-5', provider: 'anthropic', harness: 'claude_code', cost: 1_900_000, success: 91 },
  { model: 'claude-sonnet-4-5', provider: 'anthropic', harness: 'claude_code', cost: 620_000, success: 84 },
  { model: 'gpt-5.1-codex', provider: 'openai', harness: 'opencode', cost: 540_000, success: 80 },
  { model: 'gemini-3-pro', provider: 'google', harness: 'kilo_code', cost: 410_000, success: 71 },
  { model: 'devstral-2', provider: 'mistral', harness: 'aider', cost: 120_000, success: 58 },
  { model: 'qwen3-coder:30b', provider: 'ollama', harness: 'ollama_local', cost: 0, success: 44 },
]

/** The demo's real tasks, moved as a whole so that the last one ended just before `endMs`. */
export function demoTasks(endMs: number): readonly Task[] {
  const events = readTaskRecords().map(({ event }) => event)
  const shiftMs = endMs - Date.parse(String(events.at(-1)?.timestamp))
  const moved = (timestamp: unknown) => new Date(Date.parse(String(timestamp)) + shiftMs).toISOString()
  return events.map((event) => Object.assign({}, event, { timestamp: moved(event.timestamp) }))
}

/** Made-up tasks of several models over the days before `endMs`, with estimates and gates; always the same ones. */
export function madeUpTasks(amount: number, endMs: number, days = 60): readonly Task[] {
  const random = seededRandom(8)
  return Array.from({ length: amount }, () => {
    // Weekdays and a rising trend, so that the charts have something to show.
    const day = Math.floor(days * Math.sqrt(random.below(10_000) / 10_000))
    return madeUpTask(random, endMs - (days - day) * DAY_MS + random.below(DAY_MS - 60_000))
  })
}

function madeUpTask(random: SeededRandom, timeMs: number): Task {
  const of = random.pick([...MODELS, ...MODELS.slice(0, 3), ...MODELS.slice(0, 2)])
  const size = 2 ** ((random.below(600) + random.below(600) - 600) / 200)
  const miss = 1.35 * 2 ** ((random.below(500) + random.below(500) - 500) / 300)
  const input = Math.round(320_000 * size)
  const output = Math.round(6_000 * size)
  const cost = Math.round(of.cost * size)
  const hasSucceeded = random.below(100) < of.success
  const run = Object.values(QualityGate).filter(() => random.below(10) < 6)
  const failed = run.filter((gate) => random.below(100) < (gate === 'lint' || hasSucceeded ? 5 : 24))
  return {
    timestamp: new Date(timeMs).toISOString(),
    task_duration_ms: Math.round(240_000 * size),
    task_type: random.pick(Object.values(TaskType).slice(0, 7)),
    complexity: random.pick(Object.values(Complexity)),
    harness: of.harness,
    model: of.model,
    provider: of.provider,
    estimated_input_tokens: Math.round(input / miss),
    estimated_output_tokens: Math.round(output / miss),
    actual_input_tokens: input,
    actual_output_tokens: output,
    estimated_cost_usd_micros: Math.round(cost / miss),
    actual_cost_usd_micros: cost,
    quality_gate_passed: run.length > 0 && failed.length === 0,
    quality_gates_run: run,
    quality_gates_failed: failed,
    context_compactions: random.below(3),
    context_rotations: 0,
    context_utilization_final: random.below(100) / 100,
    outcome: hasSucceeded ? 'success' : random.pick<Outcome>(['failure', 'partial', 'timeout']),
    retry_count: random.below(10) === 0 ? 1 : 0,
  }
}
