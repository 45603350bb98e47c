import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { databaseFile, openSqliteStore } from '@mosaicstack/telemetry-server'

import { renderDocument } from './runs/document.ts'
import { fillStore } from './runs/fill-store.ts'
import { describeMachine, measureBusyness } from './harness/machine.ts'
import { measureQueries, type QueryResult } from './runs/measure-queries.ts'
import { measureRates } from './runs/measure-rates.ts'
import { startServerProcess } from './runs/server-process.ts'

/**
 * Measures the agent-run API and prints the page about it:
 *
 *     npx tsc -b packages/cli && npx tsc -p bench/server && node bench/server/dist/runs.js --write
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    'stored-runs': { type: 'string', default: '1000000' },
    askings: { type: 'string', default: '200' },
    write: { type: 'boolean', default: false },
  },
})
const rounds = Number(options.rounds)
const storedRuns = Number(options['stored-runs'])
const askings = Number(options.askings)

const before = measureBusyness()
const rates = await measureRates(rounds, Number(options.seconds), ({ name, runsPerSecond, failures }) =>
  console.error(`${name}: ${runsPerSecond.toFixed(0)} runs/s, ${failures} failures`),
)
const queries = await measureFilledStore()
const document = renderDocument({
  machine: describeMachine(before, measureBusyness()),
  date: new Date().toISOString().slice(0, 10),
  rounds,
  rates,
  storedRuns,
  askings,
  queries,
})
console.log(document)
if (options.write) {
  await writeFile(fileURLToPath(new URL('../../../docs/runs-benchmarks.md', import.meta.url)), document)
}

async function measureFilledStore(): Promise<readonly QueryResult[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-runs-'))
  try {
    const store = await openSqliteStore(databaseFile(dataDir))
    await fillStore(store, storedRuns)
    await store.close()
    const server = await startServerProcess(dataDir)
    try {
      return await measureQueries(server, askings)
    } finally {
      await server.stop()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}
