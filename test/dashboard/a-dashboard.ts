import { TelemetryClient } from '@mosaicstack/telemetry-client'
import type {
  Forecast,
  HealthAnswer,
  NewRun,
  PredictionQuery,
  PredictionResponse,
  RunChanges,
  RunTimelineEvent,
} from '@mosaicstack/telemetry-client/protocol'
import {
  type GivenSettings,
  readLocalCredentials,
  resolveConfig,
  type RunningServer,
  startServer,
} from '@mosaicstack/telemetry-server'

import { setTimeout } from 'node:timers/promises'

import { temporaryDirectory } from '../cli/run-cli.ts'
import type { Task } from './some-tasks.ts'

/** A real server with the built page, on a store of its own. */
export interface DashboardServer extends AsyncDisposable {
  readonly url: string
  /** Reports tasks as any program would, and waits until the panels count them. */
  report(tasks: readonly Task[]): Promise<void>
  /** What the server expects of a task, as soon as there is a forecast. */
  forecast(task: PredictionQuery): Promise<Forecast>
  addRun(run: NewRun): Promise<void>
  changeRun(eventId: string, changes: RunChanges): Promise<void>
  addToTimeline(eventId: string, events: readonly RunTimelineEvent[]): Promise<void>
  /** What an endpoint answers. */
  ask<Answer>(path: string, init?: RequestInit): Promise<Answer>
  stop(): Promise<void>
  /** Starts again on the same store and port. */
  start(): Promise<void>
}

export async function aDashboard(given: GivenSettings = {}): Promise<DashboardServer> {
  const directory = temporaryDirectory()
  const dataDir = directory.path
  const start = (port: number) =>
    startServer(resolveConfig({ dataDir, logLevel: 'silent', ...given, port }, {}))
  let server: RunningServer | undefined = await start(0)
  const { url } = server
  const { adminToken } = given
  const headers: Record<string, string> =
    typeof adminToken === 'string' ? { authorization: `Bearer ${adminToken}` } : {}
  const credentials = readLocalCredentials(dataDir)!

  const ask = async <Answer>(path: string, init: RequestInit = {}) => {
    const response = await fetch(`${url}/${path}`, init)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Answer
  }
  const send = <Answer>(method: string, path: string, body: unknown) =>
    ask<Answer>(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  return {
    url,
    ask,
    async report(tasks) {
      const { api_key: apiKey, instance_id: instanceId } = credentials
      const client = new TelemetryClient({ serverUrl: url, apiKey, instanceId, maxQueueSize: tasks.length })
      client.start()
      for (const task of tasks) client.track(client.eventBuilder.build(task))
      await client.stop({ timeoutMs: 60_000 })
      if (client.stats.delivered !== tasks.length) throw new Error('not all tasks were delivered')
      while ((await ask<HealthAnswer>('v1/dashboard/health', { headers })).freshness.pending_events > 0) {
        await setTimeout(20)
      }
    },
    async forecast(task) {
      for (;;) {
        const { forecast } = await send<PredictionResponse>('POST', 'v1/dashboard/forecast', task)
        if (forecast !== undefined) return forecast
        await setTimeout(100)
      }
    },
    async addRun(run) {
      await send('POST', 'api/v1/runs', run)
    },
    async changeRun(eventId, changes) {
      await send('PATCH', `api/v1/runs/${encodeURIComponent(eventId)}`, changes)
    },
    async addToTimeline(eventId, events) {
      await send('POST', `api/v1/runs/${encodeURIComponent(eventId)}/events`, { events })
    },
    async stop() {
      await server?.stop()
      server = undefined
    },
    async start() {
      server ??= await start(Number(new URL(url).port))
    },
    async [Symbol.asyncDispose]() {
      await server?.stop()
      directory[Symbol.dispose]()
    },
  }
}
