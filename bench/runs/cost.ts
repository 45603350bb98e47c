import { RunClient } from '@mosaicstack/telemetry-client/runs'
import { resolveConfig, startServer } from '@mosaicstack/telemetry-server'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// Run it with: npx tsc -b packages/cli && npx tsc -p bench/runs && node bench/runs/dist/cost.js

const WARM_UP_RUNS = 500
const RUNS = 10_000
const RUNS_PER_BURST = 20
/** Between bursts, so that sending happens where it belongs: not in the caller's turn. */
const BETWEEN_BURSTS_MS = 10
const NOBODY = 'http://127.0.0.1:9'

type Took = Record<'startRun' | 'logEvent' | 'endRun', Float64Array>

/** Microseconds that each call keeps its caller, in bursts of twenty runs. */
async function measure(serverUrl: string): Promise<Took> {
  const directory = mkdtempSync(join(tmpdir(), 'runs-cost-'))
  const client = new RunClient({
    serverUrl,
    bufferDir: join(directory, 'buffer'),
    ndjsonDir: join(directory, 'raw'),
    logger: {},
  })
  const took: Took = {
    startRun: new Float64Array(RUNS),
    logEvent: new Float64Array(RUNS),
    endRun: new Float64Array(RUNS),
  }
  for (let run = -WARM_UP_RUNS; run < RUNS; run++) {
    if (run % RUNS_PER_BURST === 0) await sleep(BETWEEN_BURSTS_MS)
    const t0 = performance.now()
    const runId = client.startRun('scanner', 'nightly', 'cli', { product: 'bench' })
    const t1 = performance.now()
    client.logEvent(runId, 'checkpoint', { page: run, found: ['a', 'b'] })
    const t2 = performance.now()
    client.endRun(runId, 'success', { items_discovered: 10, items_succeeded: 9, metrics_json: { pages: 3 } })
    const t3 = performance.now()
    if (run < 0) continue
    took.startRun[run] = (t1 - t0) * 1000
    took.logEvent[run] = (t2 - t1) * 1000
    took.endRun[run] = (t3 - t2) * 1000
  }
  await client.close({ timeoutMs: 5_000 })
  rmSync(directory, { recursive: true, force: true })
  return took
}

function print(what: string, took: Took): void {
  for (const [method, values] of Object.entries(took)) {
    const sorted = values.toSorted()
    const at = (share: number): string =>
      (sorted[Math.floor(share * sorted.length)] ?? NaN).toFixed(1).padStart(8)
    console.log(`${what.padEnd(14)} ${method.padEnd(9)} median ${at(0.5)} µs   p99.9 ${at(0.999)} µs`)
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'runs-cost-server-'))
const server = await startServer(resolveConfig({ port: 0, logLevel: 'silent', dataDir }, {}))
print('server there', await measure(server.url))
await server.stop()
rmSync(dataDir, { recursive: true, force: true })
print('server away', await measure(NOBODY))
