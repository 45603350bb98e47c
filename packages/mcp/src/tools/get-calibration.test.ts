import { expect, it } from 'vitest'

import { anEmptyResponse, aResponse } from '../testing/a-response.ts'
import { anAgent, tokensOf } from '../testing/an-agent.ts'
import type { Telemetry } from '../telemetry.ts'

it('says how forecasts turned out on the server and here', async () => {
  await using agent = await anAgent({ telemetry: knowing(aResponse()) })
  for (const [task, dollars] of [3, 6, 12, 6].entries()) {
    await agent.call('predict_task', { model: 'gpt-5', task_id: `${task}` })
    const report = { outcome: 'success', task_id: `${task}`, input_tokens: 1, cost_usd: dollars }
    await agent.call('report_task', report)
  }

  const answer = await agent.call('get_calibration', { model: 'gpt-5' })

  // Three of four lie within $1 to $9; their median is twice the expected $3, believed by 4 / (4 + 5).
  expect(answer.data).toEqual({
    target: 0.8,
    observed_30d: 0.79,
    ranges: 1200,
    correction_factors: { input: 1.5, output: 0.8 },
    own: { tasks: 4, cost_within_range: 0.75, cost_factor: Number((2 ** (4 / 9)).toPrecision(3)) },
  })
  expect(answer.text).toBe(
    'Of 1200 ranges in 30 days 79 % held (80 % is right). Here 3 of 4 tasks cost what was expected; multiply expected costs by 1.36.',
  )
  expect(tokensOf(answer)).toBeLessThan(120)
})

it('says that there is nothing to tell yet', async () => {
  await using agent = await anAgent({ telemetry: knowing(anEmptyResponse()) })

  const { data, text } = await agent.call('get_calibration')

  expect(text).toBe(
    'The server does not forecast yet. No task was both predicted and reported on this machine yet.',
  )
  expect(data).toEqual({
    target: null,
    observed_30d: null,
    ranges: 0,
    own: { tasks: 0, cost_within_range: null, cost_factor: 1 },
  })
})

function knowing(response: ReturnType<typeof aResponse>): Telemetry {
  return {
    ask: () => Promise.resolve({ kind: 'answered', response }),
    tell: () => Promise.resolve({ kind: 'stored' }),
    close: () => Promise.resolve(),
  }
}
