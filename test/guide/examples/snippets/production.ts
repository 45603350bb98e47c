export const client = new TelemetryClient({
  serverUrl: 'https://tel-api.mosaicstack.dev',
  apiKey: process.env.TELEMETRY_API_KEY!,
  instanceId: process.env.TELEMETRY_INSTANCE_ID!,
  submitIntervalMs: 300_000,
  maxRetries: 3,
  onError: (problem) => {
    logger.error('Telemetry submission failed', { error: problem.message })
  },
})
