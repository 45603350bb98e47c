// The enums are handed on, so that routes need one import.
import {
  Complexity,
  Harness,
  Outcome,
  Provider,
  QualityGate,
  TaskType,
  TelemetryClient,
} from '@mosaicstack/telemetry-client'

let shared: TelemetryClient | null = null

export function getTelemetryClient(): TelemetryClient {
  if (shared !== null) return shared
  shared = new TelemetryClient({
    serverUrl: process.env.TELEMETRY_API_URL!,
    apiKey: process.env.TELEMETRY_API_KEY!,
    instanceId: process.env.TELEMETRY_INSTANCE_ID!,
    enabled: process.env.NODE_ENV === 'production',
    onError: (problem) => console.error('telemetry:', problem.message),
  })
  shared.start()
  return shared
}

export { Complexity, Harness, Outcome, Provider, QualityGate, TaskType }
