import { parseArgs } from 'node:util'
import { sdks } from './adapters/all.ts'
import { faultTables } from './faults/fault-tables.ts'
import { faultRows } from './faults/rows.ts'
import { runAll } from './faults/run-all.ts'
import { describeMachine, currentLoad } from './report/machine.ts'
import { writeResults, type FaultResults } from './report/results.ts'
import { renderText } from './report/table.ts'
import { select } from './select.ts'

const HELP = `Usage: node dist/faults.js [--row NAMES] [--sdk NAMES] [--json] [--write]
  e.g. npm run faults -- --row sigkill,down-sigkill --sdk posthog,mosaic-spool

  --row    rows, comma-separated: ${faultRows.map((row) => row.name).join(' ')}
  --sdk    SDKs, comma-separated: ${sdks.map((sdk) => sdk.name).join(' ')}
  --json   the outcomes as JSON on stdout
  --write  keep the outcomes in results/ and write docs/client-benchmarks.md
`

const { values: options } = parseArgs({
  options: {
    row: { type: 'string' },
    sdk: { type: 'string' },
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
const rows = select(faultRows, 'row', options.row)
const outcomes = await runAll(select(sdks, 'sdk', options.sdk), rows, (outcome) => {
  const { row, sdk, lost, duplicated } = outcome
  process.stderr.write(`${row} ${sdk}: ${lost} lost, ${duplicated} duplicated\n`)
})

const results: FaultResults = { machine: describeMachine(loadBefore), outcomes }
if (options.write) await writeResults('faults', results)
process.stdout.write(
  options.json
    ? JSON.stringify(results, null, 2) + '\n'
    : faultTables(rows, outcomes).map(renderText).join('\n'),
)
