import type { EventFields } from '@mosaicstack/telemetry-client'
import { describe, expect, it } from 'vitest'

import { eventIdOf } from '../notes/task-note-files.ts'
import { aResponse } from '../testing/a-response.ts'
import { anAgent, tokensOf } from '../testing/an-agent.ts'
import type { Telemetry, Told } from '../telemetry.ts'

const finished = { outcome: 'success', input_tokens: 400_000, output_tokens: 20_000, cost_usd: 9.5 } as const

describe('report_task', () => {
  it('sends what was predicted as the estimate, and compares', async () => {
    const { telemetry, told } = listening()
    await using agent = await anAgent({ telemetry })
    await agent.call('predict_task', {
      model: 'gpt-5',
      task_type: 'testing',
      complexity: 'low',
      task_id: 'a',
    })
    agent.clock.nowMs += 90_000

    const answer = await agent.call('report_task', { ...finished, task_id: 'a', gates_run: ['test'] })

    expect(told).toEqual([
      {
        event_id: eventIdOf('a'),
        task_type: 'testing',
        model: 'gpt-5',
        provider: 'openai',
        complexity: 'low',
        harness: 'claude_code',
        task_duration_ms: 90_000,
        estimated_input_tokens: 300_000,
        estimated_output_tokens: 30_000,
        estimated_cost_usd_micros: 3_000_000,
        actual_input_tokens: 400_000,
        actual_output_tokens: 20_000,
        actual_cost_usd_micros: 9_500_000,
        quality_gate_passed: true,
        quality_gates_run: ['test'],
        quality_gates_failed: [],
        context_compactions: 0,
        context_rotations: 0,
        context_utilization_final: 0,
        outcome: 'success',
        retry_count: 0,
      },
    ])
    expect(answer).toEqual({
      isError: false,
      text: 'Stored. Cost $9.50, above the $1.00 – $9.00 expected. Duration 90 s, below the 1.7 min – 15 min expected.',
      data: {
        state: 'stored',
        is_repeated: false,
        is_counted: true,
        clamped: [],
        compared: { cost_usd: 'above', duration_s: 'below', input_tokens: 'within', output_tokens: 'within' },
      },
    })
    expect(tokensOf(answer)).toBeLessThan(120)
  })

  it('compares with the first prediction, also where the agent asks again half way', async () => {
    const { telemetry, told } = listening()
    await using agent = await anAgent({ telemetry })
    await agent.call('predict_task', { model: 'gpt-5', task_id: 'a' })
    agent.clock.nowMs += 60_000
    await agent.call('predict_task', { model: 'gpt-5-mini', task_id: 'a' })

    await agent.call('report_task', { ...finished, task_id: 'a' })

    expect(told).toMatchObject([{ model: 'gpt-5', task_duration_ms: 60_000 }])
  })

  it('says that a task was reported before, under the same event id', async () => {
    const { telemetry, told } = listening()
    await using agent = await anAgent({ telemetry })
    const report = { ...finished, task_id: 'b', model: 'gpt-5', duration_s: 60 }
    await agent.call('report_task', report)

    const again = await agent.call('report_task', { ...report, cost_usd: 99 })

    expect(told.map(({ event_id }) => event_id)).toEqual([eventIdOf('b'), eventIdOf('b')])
    expect(again.text).toBe('Reported before: the first report stands.')
    expect(again.data).toMatchObject({ is_repeated: true })
  })

  it('leaves the event id to the client where the task has no name', async () => {
    const { telemetry, told } = listening()
    await using agent = await anAgent({ telemetry }, 'some-agent')

    await agent.call('report_task', { ...finished, model: 'gpt-5', duration_s: 60 })

    expect(told[0]).not.toHaveProperty('event_id')
    expect(told[0]).toMatchObject({ harness: 'custom', task_type: 'unknown', estimated_input_tokens: 0 })
  })

  it('sends what is beyond a bound at the bound, and says so', async () => {
    const { telemetry, told } = listening()
    await using agent = await anAgent({ telemetry })

    const { data, text } = await agent.call('report_task', {
      ...finished,
      model: 'gpt-5',
      duration_s: 100_000,
      input_tokens: 40_000_000,
      cost_usd: 250,
      retry_count: 21,
    })

    expect(told).toMatchObject([
      {
        task_duration_ms: 86_400_000,
        actual_input_tokens: 10_000_000,
        actual_cost_usd_micros: 100_000_000,
        retry_count: 20,
      },
    ])
    expect(data.clamped).toEqual(['duration_s', 'input_tokens', 'cost_usd', 'retry_count'])
    expect(text).toContain(
      'Sent as the most that an event may say: duration_s, input_tokens, cost_usd, retry_count.',
    )
  })

  it('takes a task without tokens, and says that it does not count', async () => {
    const { telemetry } = listening()
    await using agent = await anAgent({ telemetry })

    const { data, text } = await agent.call('report_task', {
      outcome: 'failure',
      model: 'gpt-5',
      duration_s: 5,
    })

    expect(text).toBe('Stored. Without tokens it does not count in predictions.')
    expect(data).toMatchObject({ is_counted: false, compared: {} })
  })

  it('says that the report waits while the server is away', async () => {
    const { telemetry } = listening({ kind: 'waiting', cause: 'cannot reach it' })
    await using agent = await anAgent({ telemetry })

    const { data, isError, text } = await agent.call('report_task', {
      ...finished,
      model: 'gpt-5',
      duration_s: 5,
    })

    expect([isError, data.state]).toEqual([false, 'waiting'])
    expect(text).toBe('Kept on disk until the server answers (cannot reach it): there is nothing to do.')
  })

  it('says why a report was refused, and may be told it again', async () => {
    const { telemetry } = listening(
      { kind: 'refused', what: 'not valid', nextStep: 'Correct it.' },
      { kind: 'stored' },
    )
    await using agent = await anAgent({ telemetry })
    const report = { ...finished, task_id: 'c', model: 'gpt-5', duration_s: 5 }

    const refused = await agent.call('report_task', report)
    const again = await agent.call('report_task', report)

    expect(refused).toEqual({ isError: true, text: 'not valid. Correct it.', data: undefined })
    expect(again.data).toMatchObject({ state: 'stored', is_repeated: false })
  })

  it.each([
    [{}, 'outcome'],
    [{ outcome: 'done' }, '"success"|"failure"|"partial"|"timeout"'],
    [
      { outcome: 'success' },
      'model: is needed, since no prediction was asked for under this task_id. Add the name',
    ],
    [{ outcome: 'success', model: 'm' }, 'duration_s: is needed'],
    [
      { outcome: 'success', model: 'm', duration_s: 1, input_tokens: 5 },
      'cost_usd: is needed with tokens. Add it, 0',
    ],
    [{ outcome: 'success', input_tokens: 1.5 }, 'input_tokens'],
    [{ outcome: 'success', gates_run: ['tests'] }, '"typecheck"'],
    [{ outcome: 'success', tokens: 5 }, 'Unrecognized key: "tokens"'],
  ])('refuses %j and says what is missing or wrong', async (args, message) => {
    await using agent = await anAgent()

    const answer = await agent.call('report_task', args)

    expect(answer).toMatchObject({ isError: true, text: expect.stringContaining(message) })
  })
})

/** A server that takes every report, or answers in turn what it is given. */
function listening(...answers: Told[]): { readonly telemetry: Telemetry; readonly told: EventFields[] } {
  const told: EventFields[] = []
  const telemetry: Telemetry = {
    ask: () => Promise.resolve({ kind: 'answered', response: aResponse() }),
    tell(event) {
      told.push(event)
      return Promise.resolve(answers.shift() ?? { kind: 'stored' })
    },
    close: () => Promise.resolve(),
  }
  return { telemetry, told }
}
