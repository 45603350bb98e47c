import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Adapter } from './adapters/adapter.ts'
import { sdks } from './adapters/all.ts'
import { floor } from './adapters/floor.ts'
import { COST_TASKS } from './cost/cost-protocol.ts'
import { summarise } from './cost/cost-summary.ts'
import { costTables } from './cost/cost-tables.ts'
import { runCost, type CostFigures } from './cost/run-cost.ts'
import { installedOurs, installedPeers, type Installed } from './report/installed.ts'
import { currentLoad, describeMachine, spinMs } from './report/machine.ts'
import { writeResults, type CostResults } from './report/results.ts'
import { renderText } from './report/table.ts'
import { select } from './select.ts'

const everything = [floor, ...sdks]

const HELP = `Usage: node dist/cost.js [--sdk NAMES] [--task NAMES] [--rounds 5] [--events 100000] [--json] [--write]
  e.g. npm run cost -- --sdk posthog,mosaic --task call --rounds 3

  --sdk    SDKs, comma-separated: ${everything.map((sdk) => sdk.name).join(' ')}
  --task   ${COST_TASKS.map((task) => task.name).join(' ')}
  --json   the figures as JSON on stdout
  --write  keep the figures in results/ and write docs/client-benchmarks.md
`

const { values: options } = parseArgs({
  options: {
    sdk: { type: 'string' },
    task: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    events: { type: 'string', default: '100000' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  process.stdout.write(HELP)
  process.exit(0)
}

const loadBefore = currentLoad()
const rounds = Number(options.rounds)
const events = Number(options.events)
const tasks = select(COST_TASKS, 'task', options.task)
const adapters = select(everything, 'sdk', options.sdk)
const measured = new Map<string, CostFigures[]>(adapters.map(({ name }) => [name, []]))
const spins: number[] = []

for (let round = 0; round < rounds; round++) {
  spins.push(spinMs())
  // Whoever comes first in one round comes last in the next, so that no SDK always meets the warm machine.
  for (const adapter of round % 2 === 0 ? adapters : adapters.toReversed()) {
    measured.get(adapter.name)?.push(await oneRound(adapter))
    process.stderr.write(`round ${round + 1} of ${rounds}: ${adapter.name}\n`)
  }
}

const results: CostResults = {
  machine: describeMachine(loadBefore),
  rounds,
  events,
  spinMs: spins,
  sdks: adapters.map((adapter) =>
    summarise(adapter.name, installed(adapter), measured.get(adapter.name) ?? []),
  ),
}
if (options.write) await writeResults('cost', results)
process.stdout.write(
  options.json
    ? JSON.stringify(results, null, 2) + '\n'
    : costTables(results.sdks, events).map(renderText).join('\n'),
)

async function oneRound(adapter: Adapter): Promise<CostFigures> {
  const figures: CostFigures = {}
  for (const { name } of tasks) {
    if (name === 'import' && adapter.packages.length === 0) continue
    Object.assign(figures, await runCost(adapter, name, events))
  }
  return figures
}

function installed(adapter: Adapter): Installed | undefined {
  if (adapter.packages.length === 0) return undefined
  if (adapter.name.startsWith('mosaic')) {
    return installedOurs(fileURLToPath(new URL('../../../packages/client/', import.meta.url)))
  }
  return installedPeers(fileURLToPath(new URL('../', import.meta.url)), adapter.packages)
}
