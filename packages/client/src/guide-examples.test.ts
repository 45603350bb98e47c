import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import {
  Complexity,
  Harness,
  Outcome,
  Provider,
  QualityGate,
  TaskType,
  TelemetryClient,
} from '@mosaicstack/telemetry-client'
import { API_KEY, INSTANCE_ID } from './testing/an-event.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

/** The examples of the integration guide as it prints them: they have to compile under strict, and to work. */
let server: TestServer
const logger = { error: vi.fn<(message: string, details: unknown) => void>() }

beforeAll(async () => {
  server = await startTestServer()
  process.env['TELEMETRY_API_URL'] = server.url
  process.env['TELEMETRY_API_KEY'] = API_KEY
  process.env['TELEMETRY_INSTANCE_ID'] = INSTANCE_ID
})
afterAll(() => server.close())

let client: TelemetryClient | null = null

function getTelemetryClient(): TelemetryClient {
  if (!client) {
    client = new TelemetryClient({
      serverUrl: process.env.TELEMETRY_API_URL!,
      apiKey: process.env.TELEMETRY_API_KEY!,
      instanceId: process.env.TELEMETRY_INSTANCE_ID!,
      onError: (err) => console.error('[telemetry]', err.message),
    })
    client.start()
  }
  return client
}

describe('the examples of the integration guide', () => {
  it('track a finished task', async () => {
    const telemetry = getTelemetryClient()
    const startTime = Date.now()
    const durationMs = Date.now() - startTime

    const event = telemetry.eventBuilder.build({
      task_duration_ms: durationMs,
      task_type: TaskType.IMPLEMENTATION,
      complexity: Complexity.HIGH,
      harness: Harness.CLAUDE_CODE,
      model: 'claude-sonnet-4-5-20250929',
      provider: Provider.ANTHROPIC,
      estimated_input_tokens: 200000,
      estimated_output_tokens: 80000,
      actual_input_tokens: 215000,
      actual_output_tokens: 72000,
      estimated_cost_usd_micros: 1200000,
      actual_cost_usd_micros: 1150000,
      quality_gate_passed: true,
      quality_gates_run: [QualityGate.BUILD, QualityGate.LINT, QualityGate.TEST, QualityGate.TYPECHECK],
      quality_gates_failed: [],
      context_compactions: 3,
      context_rotations: 1,
      context_utilization_final: 0.85,
      outcome: Outcome.SUCCESS,
      retry_count: 0,
      language: 'typescript',
      repo_size_category: 'medium',
    })

    telemetry.track(event)
    await telemetry.flush()

    expect([...server.stored.keys()]).toEqual([event.event_id])
  })

  it('track what an API route was sent', async () => {
    const body = JSON.parse(
      '{"durationMs":5,"model":"m","qualityGatePassed":true,"qualityGatesRun":["test"]}',
    )
    const event = getTelemetryClient().eventBuilder.build({
      task_duration_ms: body.durationMs,
      task_type: TaskType.IMPLEMENTATION,
      complexity: Complexity.MEDIUM,
      harness: Harness.CLAUDE_CODE,
      model: body.model,
      provider: Provider.ANTHROPIC,
      estimated_input_tokens: body.estimatedInputTokens ?? 0,
      estimated_output_tokens: 0,
      actual_input_tokens: 0,
      actual_output_tokens: 0,
      estimated_cost_usd_micros: 0,
      actual_cost_usd_micros: 0,
      quality_gate_passed: body.qualityGatePassed,
      quality_gates_run: body.qualityGatesRun,
      quality_gates_failed: body.qualityGatesFailed,
      context_compactions: 0,
      context_rotations: 0,
      context_utilization_final: 0,
      outcome: Outcome.SUCCESS,
      retry_count: 0,
      language: 'typescript',
    })

    getTelemetryClient().track(event)
    await getTelemetryClient().flush()

    expect(server.stored.has(event.event_id!)).toBe(true)
  })

  it('ask for predictions', async () => {
    const telemetry = getTelemetryClient()
    await telemetry.refreshPredictions([
      {
        task_type: TaskType.IMPLEMENTATION,
        model: 'claude-sonnet-4-5-20250929',
        provider: Provider.ANTHROPIC,
        complexity: Complexity.LOW,
      },
      {
        task_type: TaskType.TESTING,
        model: 'claude-haiku-4-5-20251001',
        provider: Provider.ANTHROPIC,
        complexity: Complexity.LOW,
      },
    ])

    const prediction = telemetry.getPrediction({
      task_type: TaskType.IMPLEMENTATION,
      model: 'claude-sonnet-4-5-20250929',
      provider: Provider.ANTHROPIC,
      complexity: Complexity.LOW,
    })

    if (prediction?.prediction) {
      const p = prediction.prediction
      console.log('Cost prediction:', `$${(p.cost_usd_micros.median / 1_000_000).toFixed(2)}`)
      console.log(
        p.input_tokens.median,
        p.duration_ms.median,
        p.correction_factors.input,
        p.quality.gate_pass_rate,
      )
    }
    expect(prediction?.metadata.confidence === 'none').toBe(true)
  })

  it('set up a client for development, for production, and switched off', async () => {
    const clients = [
      new TelemetryClient({
        serverUrl: 'http://localhost:8000',
        apiKey: process.env.TELEMETRY_API_KEY!,
        instanceId: process.env.TELEMETRY_INSTANCE_ID!,
        dryRun: true,
        submitIntervalMs: 10_000,
        onError: (err) => console.error('[telemetry]', err),
      }),
      new TelemetryClient({
        serverUrl: 'https://tel-api.mosaicstack.dev',
        apiKey: process.env.TELEMETRY_API_KEY!,
        instanceId: process.env.TELEMETRY_INSTANCE_ID!,
        submitIntervalMs: 300_000,
        maxRetries: 3,
        onError: (err) => {
          logger.error('Telemetry submission failed', { error: err.message })
        },
      }),
      new TelemetryClient({
        serverUrl: process.env.TELEMETRY_API_URL!,
        apiKey: process.env.TELEMETRY_API_KEY!,
        instanceId: process.env.TELEMETRY_INSTANCE_ID!,
        enabled: process.env.TELEMETRY_ENABLED === 'true',
      }),
    ]

    for (const each of clients) each.start()
    const running = clients.map(({ isRunning }) => isRunning)
    await Promise.all(clients.map((each) => each.stop()))

    expect(running).toEqual([true, true, false])
    expect(logger.error).not.toHaveBeenCalled()
  })

  it('stop at the end', async () => {
    await getTelemetryClient().stop()

    expect(getTelemetryClient().isRunning).toBe(false)
  })
})
