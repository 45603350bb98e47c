import { Complexity, Provider, TaskType } from '@mosaicstack/telemetry-client'

import { telemetry } from './telemetry.js'

const SONNET = { model: 'claude-sonnet-4-5-20250929', provider: Provider.ANTHROPIC }
const HAIKU = { model: 'claude-haiku-4-5-20251001', provider: Provider.ANTHROPIC }

await telemetry.refreshPredictions([
  { task_type: TaskType.IMPLEMENTATION, ...SONNET, complexity: Complexity.LOW },
  { task_type: TaskType.IMPLEMENTATION, ...SONNET, complexity: Complexity.MEDIUM },
  { task_type: TaskType.IMPLEMENTATION, ...SONNET, complexity: Complexity.HIGH },
  { task_type: TaskType.TESTING, ...HAIKU, complexity: Complexity.LOW },
])

const cached = telemetry.getPrediction({
  task_type: TaskType.IMPLEMENTATION,
  ...SONNET,
  complexity: Complexity.MEDIUM,
})

if (cached?.prediction) {
  const { input_tokens, output_tokens, cost_usd_micros, duration_ms, correction_factors, quality } =
    cached.prediction
  console.log({ inputTokens: input_tokens.median, outputTokens: output_tokens.median })
  console.log(`$${(cost_usd_micros.median / 1_000_000).toFixed(2)}`)
  console.log(`${(duration_ms.median / 1000).toFixed(0)}s`)
  console.log({ input: correction_factors.input, output: correction_factors.output })
  console.log({
    gatePassRate: `${(quality.gate_pass_rate * 100).toFixed(0)}%`,
    successRate: `${(quality.success_rate * 100).toFixed(0)}%`,
  })
  if (cached.metadata.confidence === 'low') console.warn('Low confidence: few tasks, or a wider group')
}
