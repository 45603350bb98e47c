import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { TelemetryClient, type PredictionQuery } from '@mosaicstack/telemetry-client'
import {
  readLocalCredentials,
  resolveConfig,
  ServerError,
  startServer,
  type LocalCredentials,
  type RunningServer,
} from '@mosaicstack/telemetry-server'

import { CliError } from '../cli-error.ts'
import { comparisonSummary, comparisonTable, type Comparison } from './comparison.ts'
import { readTaskRecords, type TaskRecord } from './task-records.ts'
import { listenForInterrupt, type Interruption } from '../interruption.ts'
import { percent } from '../output/format.ts'
import { terminal } from '../output/terminal.ts'

/** Of the bundled tasks, in order of time, the last fifth is what the server has to predict. */
const HELD_BACK_SHARE = 0.2
const TASKS_SHOWN = 12

/** Runs the demo: a server on a fresh store, the tasks through the SDK, the predictions beside what happened. */
export async function runDemo(flags: { readonly once?: boolean; readonly port: string }): Promise<void> {
  using interruption = listenForInterrupt()
  const dataDir = mkdtempSync(join(tmpdir(), 'mosaic-telemetry-demo-'))
  try {
    const server = await startDemoServer(dataDir, flags.port)
    try {
      await Promise.race([show(server, dataDir, flags, interruption), interruption.interrupted])
    } finally {
      await server.stop()
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
  // Where somebody interrupted, a client may still be trying to reach the server that is gone.
  if (interruption.hasHappened) process.exit()
}

async function show(
  server: RunningServer,
  dataDir: string,
  flags: { readonly once?: boolean },
  { interrupted }: Interruption,
): Promise<void> {
  await showPredictions(server, dataDir)
  terminal.out(`\nOpen ${server.url}`)
  if (flags.once === true) return
  terminal.err('Press Ctrl-C to stop; the demo store is deleted then.')
  await interrupted
}

async function startDemoServer(dataDir: string, port: string): Promise<RunningServer> {
  const start = (wantedPort: string) =>
    startServer(resolveConfig({ dataDir, port: wantedPort, logLevel: 'warn' }, {}))
  try {
    return await start(port)
  } catch (error) {
    if (error instanceof ServerError && error.code === 'ADDRESS_IN_USE') return start('0')
    throw error
  }
}

async function showPredictions(server: RunningServer, dataDir: string): Promise<void> {
  const credentials = readLocalCredentials(dataDir)
  if (credentials === undefined) throw new Error('the demo server has made no local instance')
  const records = readTaskRecords()
  const heldBackFrom = records.length - Math.floor(records.length * HELD_BACK_SHARE)

  terminal.out(
    `${records.length} real Claude Code tasks. The first ${heldBackFrom} are reported to a fresh server at\n` +
      `${server.url}, the last ${records.length - heldBackFrom} are what it has to predict.\n`,
  )
  await report(credentials, records.slice(0, heldBackFrom))
  const comparisons = await predict(credentials, records.slice(heldBackFrom))

  terminal.out(
    terminal.bold('\nPredicted before, and what it really took (input: p10 – p90, cost: median)\n'),
  )
  terminal.out(comparisonTable(comparisons, TASKS_SHOWN))
  printSummary(comparisonSummary(comparisons))
}

/** Sends the records as any program would: through the SDK, over HTTP. */
async function report(credentials: LocalCredentials, records: readonly TaskRecord[]): Promise<void> {
  const startedMs = performance.now()
  const client = connect(credentials, records.length)
  client.start()
  for (const { event } of records) client.track(client.eventBuilder.build(event))
  await client.stop({ timeoutMs: 20_000 })

  const clamped = records.filter((record) => record.clampedFields.length > 0).length
  terminal.out(
    `Reported ${client.stats.delivered} tasks in ${Math.round(performance.now() - startedMs)} ms, each on disk when the server said so.` +
      (clamped === 0
        ? ''
        : `\n${clamped} of them are beyond a bound of the schema and were sent at the bound.`),
  )
  if (client.stats.delivered !== records.length) {
    throw new CliError(`only ${client.stats.delivered} of ${records.length} tasks reached the server`, {
      hint: 'Run the demo again; if it stays so, please report it.',
    })
  }
}

async function predict(
  credentials: LocalCredentials,
  records: readonly TaskRecord[],
): Promise<readonly Comparison[]> {
  const client = connect(credentials, 1)
  const queries = records.map(({ event }) => queryOf(event))
  await client.refreshPredictions(queries)
  const comparisons = records.flatMap(({ event }, index) => {
    const prediction = client.getPrediction(queries[index] ?? queryOf(event))
    return prediction === null ? [] : [{ event, prediction }]
  })
  await client.stop()
  return comparisons
}

function connect(
  { server_url: serverUrl, api_key: apiKey, instance_id: instanceId }: LocalCredentials,
  queueSize: number,
) {
  return new TelemetryClient({
    serverUrl,
    apiKey,
    instanceId,
    enabled: true,
    maxQueueSize: Math.max(1, queueSize),
    onError: (error) => terminal.err(error.message),
  })
}

function queryOf({ task_type, model, provider, complexity }: TaskRecord['event']): PredictionQuery {
  return { task_type, model, provider, complexity }
}

function printSummary(summary: ReturnType<typeof comparisonSummary>): void {
  terminal.out(`
Of ${summary.tasks} tasks, ${percent(summary.inputInRange)} took input tokens within p10 – p90, ${percent(summary.outputInRange)} output
tokens (80 % would be perfect); ${percent(summary.costBelowMedian)} cost no more than the predicted median
(50 % would be). ${summary.exactMatches} were answered from exact matches, the others from wider
groups.

Tasks: github.com/entireio/cli, MIT, numbers only. The type is what was edited,
the complexity the length of the prompt; costs are list prices.`)
}
