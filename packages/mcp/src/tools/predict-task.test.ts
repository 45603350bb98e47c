import type { PredictionQuery } from '@mosaicstack/telemetry-client'
import { expect, it } from 'vitest'

import { anEmptyResponse, aResponse } from '../testing/a-response.ts'
import { anAgent, tokensOf } from '../testing/an-agent.ts'
import type { Telemetry } from '../telemetry.ts'

it('answers with ranges in dollars, seconds and tokens, in one line and as data', async () => {
  const asked: PredictionQuery[] = []
  await using agent = await anAgent({ telemetry: answering(aResponse(), asked) })

  const answer = await agent.call('predict_task', {
    model: 'claude-sonnet-4-5',
    task_type: 'debugging',
    complexity: 'high',
    budget_usd: 2,
    task_id: 'fix-login',
  })

  expect(asked).toEqual([
    {
      model: 'claude-sonnet-4-5',
      task_type: 'debugging',
      complexity: 'high',
      provider: 'anthropic',
      budget_cost_usd_micros: 2_000_000,
    },
  ])
  expect(answer.text).toMatch(
    /^Expect cost \$1\.00 – \$9\.00 \(half below \$3\.00\), .* report it as task_id fix-login\.$/,
  )
  expect(answer.text).toContain('The chance that it costs more than $2.00 is 67 %.')
  expect(answer.data).toEqual({
    task_id: 'fix-login',
    is_known: true,
    cost_usd: { p10: 1, p50: 3, p90: 9 },
    duration_s: { p10: 100, p50: 300, p90: 900 },
    input_tokens: { p10: 100_000, p50: 300_000, p90: 900_000 },
    output_tokens: { p10: 10_000, p50: 30_000, p90: 90_000 },
    success_probability: 0.84,
    cost_per_success_usd: 4.76,
    budget_exceeded_probability: 0.667,
    confidence: 'high',
  })
  expect(tokensOf(answer)).toBeLessThan(300)
})

it('names the task where the agent does not', async () => {
  await using agent = await anAgent({ telemetry: answering(aResponse()) })

  const { data, text } = await agent.call('predict_task', { model: 'gpt-5' })

  expect(data.task_id).toBe('made-up')
  expect(text).toContain('task_id made-up')
})

it('says that nothing is known, which is no error', async () => {
  await using agent = await anAgent({ telemetry: answering(anEmptyResponse()) })

  const answer = await agent.call('predict_task', { model: 'gpt-5', task_id: 't' })

  expect(answer).toEqual({
    isError: false,
    text: 'Nothing is known of such tasks yet. When it has ended, report it as task_id t.',
    data: { task_id: 't', is_known: false, confidence: 'none' },
  })
})

it('falls back to what was observed where the server does not forecast', async () => {
  const { forecast: _, ...response } = aResponse()
  await using agent = await anAgent({ telemetry: answering(response) })

  const { data } = await agent.call('predict_task', { model: 'gpt-5' })

  expect(data).toMatchObject({ cost_usd: { p50: 0.0003 }, input_tokens: { p10: 100, p50: 300, p90: 900 } })
  expect(data).toMatchObject({ success_probability: 0.8 })
})

it('says why there is no answer, and what to do', async () => {
  const silent = { kind: 'no_answer', what: 'cannot reach it', nextStep: 'Start it.' } as const
  await using agent = await anAgent({
    telemetry: { ...answering(aResponse()), ask: () => Promise.resolve(silent) },
  })

  const answer = await agent.call('predict_task', { model: 'gpt-5' })

  expect(answer).toEqual({ isError: true, text: 'cannot reach it. Start it.', data: undefined })
})

it.each([
  [{}, 'model'],
  [{ model: '' }, 'model'],
  [{ model: 'm', complexity: 'huge' }, '"low"|"medium"|"high"|"critical"'],
  [{ model: 'm', task_type: 'bugfix' }, '"debugging"'],
  [{ model: 'm', budget: 2 }, 'Unrecognized key: "budget"'],
  [{ model: 'm', budget_usd: -1 }, 'budget_usd'],
])('refuses %j and names what is wrong', async (args, message) => {
  await using agent = await anAgent()

  const answer = await agent.call('predict_task', args)

  expect(answer).toMatchObject({ isError: true, text: expect.stringContaining(message) })
})

function answering(response: ReturnType<typeof aResponse>, asked: PredictionQuery[] = []): Telemetry {
  return {
    ask(query) {
      asked.push(query)
      return Promise.resolve({ kind: 'answered', response })
    },
    tell: () => Promise.reject(new Error('told')),
    close: () => Promise.resolve(),
  }
}
