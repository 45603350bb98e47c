export const client = new TelemetryClient({
  serverUrl: 'http://localhost:8000',
  apiKey: process.env.TELEMETRY_API_KEY!,
  instanceId: process.env.TELEMETRY_INSTANCE_ID!,
  dryRun: true,
  submitIntervalMs: 10_000,
  onError: (problem) => console.error('telemetry:', problem),
})
