import { validateEvent } from '@mosaicstack/telemetry-client/protocol'
import { expect, it } from 'vitest'

import type { TaskRecord } from '../tasks/task-record.ts'
import { NO_TOKENS } from '../tokens.ts'
import { taskEvent } from './task-event.ts'

const settings = { instanceId: '00000000-0000-4000-8000-000000000001', nowMs: 2_000_000 }

function aTask(fields: Partial<TaskRecord> = {}): TaskRecord {
  const tokens = {
    ...NO_TOKENS,
    freshInput: 1,
    cacheRead: 20,
    cacheWrite5m: 300,
    cacheWrite1h: 4000,
    output: 5,
  }
  return {
    harness: 'claude_code',
    harnessVersion: '2.1.329',
    session: 's',
    prompt: 'p',
    eventId: '00000000-0000-8000-8000-000000000002',
    startedAtMs: 1_000_000,
    endedAtMs: 1_060_000,
    durationMs: 60_000,
    project: '/home/someone/secret-project',
    branch: 'secret-branch',
    requests: 1,
    tokens,
    cost: { knownNanoUsd: 1_234_567, unpricedRequests: 0 },
    models: [
      {
        model: 'claude-sonnet-4-6',
        provider: 'anthropic',
        requests: 1,
        tokens,
        cost: { knownNanoUsd: 1_234_567, unpricedRequests: 0 },
      },
    ],
    compactions: 0,
    retries: 0,
    peakContextTokens: 4321,
    peakContextUse: 0.5,
    gates: {},
    language: 'go',
    linesAdded: 1,
    linesRemoved: 2,
    tools: {},
    toolFailures: 0,
    taskType: 'implementation',
    ending: 'answered',
    completeness: { sources: ['transcript'], missing: [] },
    hasSuccessor: false,
    ...fields,
  }
}

function eventOf(task: TaskRecord) {
  const outcome = taskEvent(task, settings)
  if (outcome.kind !== 'event') throw new Error(outcome.kind)
  return outcome
}

it('is a valid event whose input counts everything the model read', () => {
  const { event, clamped } = eventOf(aTask())

  expect(validateEvent(event)).toEqual([])
  expect(clamped).toEqual([])
  expect(event).toMatchObject({
    actual_input_tokens: 4321,
    actual_output_tokens: 5,
    actual_cost_usd_micros: 1235,
    task_duration_ms: 60_000,
    timestamp: '1970-01-01T00:17:40.000Z',
    outcome: 'success',
    harness: 'claude_code',
    provider: 'anthropic',
    estimated_input_tokens: 0,
  })
})

it('names no project, no branch and no path', () => {
  const share = {
    ...aTask().models[0]!,
    model: '/home/someone/secret-models/tiny.gguf',
    provider: 'secret-inc',
  }

  const { event } = eventOf(aTask({ models: [share] }))

  expect(JSON.stringify(event)).not.toContain('secret')
  expect(event).toMatchObject({ model: 'tiny.gguf', provider: 'custom' })
})

it('leaves the account number of an ARN at home', () => {
  const model = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-6-v1'

  const { event } = eventOf(aTask({ models: [{ ...aTask().models[0]!, model }] }))

  expect(event.model).toBe('us.anthropic.claude-opus-4-6-v1')
})

it('is sent at the bound where a task goes beyond it, and says which fields', () => {
  const { event, clamped } = eventOf(
    aTask({
      tokens: { ...NO_TOKENS, cacheRead: 30_000_000 },
      cost: { knownNanoUsd: 500e9, unpricedRequests: 0 },
      compactions: 500,
    }),
  )

  expect(validateEvent(event)).toEqual([])
  expect(event.actual_input_tokens).toBe(10_000_000)
  expect(clamped).toEqual(['actual_input_tokens', 'actual_cost_usd_micros', 'context_compactions'])
})

it('calls a harness without a member of its own custom', () => {
  expect(eventOf(aTask({ harness: 'codex' })).event.harness).toBe('custom')
})

it.each([
  ['answered', false, 'success'],
  ['answered', true, 'partial'],
  ['interrupted', false, 'partial'],
  ['failed', false, 'failure'],
  [undefined, false, 'partial'],
] as const)(
  'has the outcome of its ending and its last gates: %s, failing %s: %s',
  (ending, lastFailed, outcome) => {
    const gates = { test: { runs: 2, failures: 1, lastMs: 1, lastFailed } }

    const { event } = eventOf(aTask({ ending, gates }))

    expect(event).toMatchObject({
      outcome,
      quality_gate_passed: !lastFailed,
      quality_gates_run: ['test'],
      quality_gates_failed: lastFailed ? ['test'] : [],
    })
  },
)

it('is not made where a cost is unknown or no model was asked', () => {
  expect(taskEvent(aTask({ cost: { knownNanoUsd: 1, unpricedRequests: 1 } }), settings)).toEqual({
    kind: 'unpriced',
  })
  expect(taskEvent(aTask({ models: [], tokens: NO_TOKENS }), settings)).toEqual({ kind: 'no_usage' })
})
