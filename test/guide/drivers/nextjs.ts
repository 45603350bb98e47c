/** Does what Next.js does: loads the instrumentation, then calls the route; lives until it is told to stop. */
const { register } = await import('../examples/nextjs/instrumentation')
await register()
const { POST } = await import('../examples/nextjs/app/api/task-complete/route')

const body = JSON.stringify({
  durationMs: 61_000,
  model: 'claude-sonnet-4-5',
  estimatedInputTokens: 1000,
  estimatedOutputTokens: 200,
  actualInputTokens: 1500,
  actualOutputTokens: 300,
  estimatedCostMicros: 7000,
  actualCostMicros: 9000,
  qualityGatePassed: true,
  qualityGatesRun: ['build', 'test'],
  qualityGatesFailed: [],
  contextCompactions: 1,
  contextRotations: 0,
  contextUtilization: 0.5,
})
const response = await POST(new Request('http://localhost/api/task-complete', { method: 'POST', body }))
console.log(await response.text())
setInterval(() => {}, 1000)
