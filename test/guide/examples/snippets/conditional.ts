export const client = new TelemetryClient({
  serverUrl: process.env.TELEMETRY_API_URL!,
  apiKey: process.env.TELEMETRY_API_KEY!,
  instanceId: process.env.TELEMETRY_INSTANCE_ID!,
  enabled: process.env.TELEMETRY_ENABLED !== 'false',
})
