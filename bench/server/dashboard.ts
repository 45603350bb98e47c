/**
 * How long the dashboard's questions take in a store of five million events of a year. Asked as the routes ask them,
 * without HTTP, one at a time. Goal: 100 ms. Filling the store takes some minutes, once.
 *
 *   npm run build && npx tsc -p bench/server && node bench/server/dist/dashboard.js [--events 5000000] [--write]
 *
 * `--write` puts the table into docs/dashboard-api.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { openSqliteStore } from '@mosaicstack/telemetry-server'

import {
  estimates,
  filters,
  gates,
  readSelection,
  RollupReader,
  spend,
  worth,
} from './dashboard/dashboard-internals.ts'
import { filledStore, LAST_DAY_MS } from './dashboard/filled-store.ts'
import { describeMachine, measureBusyness } from './harness/machine.ts'
import { quantile } from './harness/quantile.ts'

const ASKINGS = 20
const BEGIN = '<!-- figures: bench/server/dashboard.ts -->'
const END = '<!-- /figures -->'

const { values: given } = parseArgs({
  options: { events: { type: 'string', default: '5000000' }, write: { type: 'boolean', default: false } },
})
const store = await openSqliteStore(await filledStore(Number(given.events)))
const reader = new RollupReader(store)

const month = { from: '2026-10-22', to: '2026-11-20' }
const quarter = { from: '2026-08-21', to: '2026-11-20' }
const year = { from: '2025-11-22', to: '2026-11-20' }
const questions: readonly (readonly [question: string, ask: () => Promise<unknown>])[] = [
  ['`spend`, a month by model', () => spend(reader, selected(month))],
  ['`spend`, a quarter by model, day by day', () => spend(reader, selected(quarter))],
  ['`spend`, a year by task type', () => spend(reader, selected({ ...year, by: 'task_type' }))],
  ['`spend`, a quarter by complexity', () => spend(reader, selected({ ...quarter, by: 'complexity' }))],
  ['`spend`, a quarter of one model', () => spend(reader, selected({ ...quarter, model: 'model-1' }))],
  [
    '`spend`, a quarter of one harness and complexity',
    () => spend(reader, selected({ ...quarter, harness: 'aider', complexity: 'high' })),
  ],
  ['`worth`, a quarter', () => worth(reader, selected(quarter))],
  ['`worth`, a year', () => worth(reader, selected(year))],
  ['`estimates`, a quarter', () => estimates(reader, selected(quarter))],
  ['`estimates`, a year', () => estimates(reader, selected(year))],
  ['`gates`, a quarter, day by day', () => gates(reader, selected(quarter))],
  ['`gates`, a year', () => gates(reader, selected(year))],
  ['`filters`', () => filters(reader)],
  ['sources of `health`', () => store.listRollupSources(Math.floor(LAST_DAY_MS / 86_400_000))],
]

const before = measureBusyness()
const rows: string[] = []
for (const [question, ask] of questions) {
  await ask() // the first one reads pages that the others find in memory
  const tookMs: number[] = []
  const cpuBefore = process.cpuUsage()
  for (let asking = 0; asking < ASKINGS; asking++) {
    const startedAtMs = performance.now()
    await ask()
    tookMs.push(performance.now() - startedAtMs)
  }
  const cpu = process.cpuUsage(cpuBefore)
  const cpuMs = (cpu.user + cpu.system) / 1000 / ASKINGS
  rows.push(
    `| ${question} | ${show(cpuMs)} | ${show(quantile(tookMs, 0.5))} | ${show(quantile(tookMs, 0.99))} |`,
  )
  console.log(rows.at(-1))
}
const table = `${Number(given.events).toLocaleString('en-US')} events of a year, 24 models, three harnesses each; SQLite; ${ASKINGS} askings of each, one at a time, without
HTTP. CPU is that of the whole process; it is what the question costs, while the times beside it are also those of whatever else
ran on the machine. ${describeMachine(before, measureBusyness())}

| question | CPU ms | p50 ms | p99 ms |
|---|---|---|---|
${rows.join('\n')}`
await store.close()
console.log(table)
if (given.write) {
  const page = fileURLToPath(new URL('../../../docs/dashboard-api.md', import.meta.url))
  const [head, rest] = readFileSync(page, 'utf8').split(BEGIN)
  writeFileSync(page, `${head}${BEGIN}\n\n${table}\n\n${END}${rest?.split(END)[1] ?? '\n'}`)
}

function selected(parameters: Readonly<Record<string, string>>) {
  const read = readSelection(parameters, LAST_DAY_MS)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return read.selection
}

function show(ms: number): string {
  return ms.toFixed(ms < 10 ? 1 : 0)
}
