import { parseArgs } from 'node:util'
import { sdks } from './adapters/all.ts'
import { faultTables } from './faults/fault-tables.ts'
import { faultRows } from './faults/rows.ts'
import { runRowOnRealServer } from './faults/real-server.ts'
import { runAll } from './faults/run-all.ts'
import { runRow, type FaultOutcome } from './faults/run-row.ts'
import { describeMachine, currentLoad } from './report/machine.ts'
import { writeResults, type FaultResults } from './report/results.ts'
import { renderText } from './report/table.ts'
import { select } from './select.ts'

const HELP = `Usage: node dist/faults.js [--row NAMES] [--sdk NAMES] [--real] [--json] [--write]
  e.g. npm run faults -- --row sigkill,down-sigkill --sdk posthog,mosaic-spool

  --row    rows, comma-separated: ${faultRows.map((row) => row.name).join(' ')}
  --sdk    SDKs, comma-separated: ${sdks.map((sdk) => sdk.name).join(' ')}
  --real   only ours, with the real server behind the mock one: counts what is stored, and stored twice
  --json   the outcomes as JSON on stdout
  --write  keep the outcomes in results/ and write docs/client-benchmarks.md
`

const { values: options } = parseArgs({
  options: {
    row: { type: 'string' },
    sdk: { type: 'string' },
    real: { type: 'boolean', default: false },
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
const candidates = options.real ? sdks.filter(({ name }) => name.startsWith('mosaic')) : sdks
// The mock server would have to take a batch apart to pass on only a part of it.
const rows = select(
  options.real ? faultRows.filter((row) => !row.needsPartialAnswer) : faultRows,
  'row',
  options.row,
)
const outcomes = await runAll(select(candidates, 'sdk', options.sdk), rows, sayOutcome, async (...job) => {
  if (options.real) return await runRowOnRealServer(...job)
  const [adapter, row, stateDir] = job
  return await runRow(adapter, row, { stateDir })
})

const results: FaultResults = { machine: describeMachine(loadBefore), outcomes }
if (options.write) await writeResults(options.real ? 'faults-real' : 'faults', results)
process.stdout.write(
  options.json
    ? JSON.stringify(results, null, 2) + '\n'
    : faultTables(rows, outcomes).map(renderText).join('\n'),
)

function sayOutcome({ row, sdk, lost, duplicated, stored, failure }: FaultOutcome): void {
  if (failure !== undefined) {
    process.exitCode = 1
    process.stderr.write(`${row} ${sdk} failed: ${failure}\n`)
    return
  }
  const inStore = stored === undefined ? '' : `, ${stored} stored`
  process.stderr.write(`${row} ${sdk}: ${lost} lost, ${duplicated} duplicated${inStore}\n`)
}
