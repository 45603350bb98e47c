import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { inRange, type GoalRow, type Measurement } from './goal.ts'

/** Random histories for each property on the real store, and event sets for each property in memory. */
const STORE_RUNS = 40
const MEMORY_RUNS = 1000

interface Property {
  readonly file: string
  readonly title: string
  readonly what: string
  readonly runs: number
}

/** Properties that the test suite holds with few runs, and this command with many. */
const properties: readonly Property[] = [
  {
    file: 'units',
    title:
      'depends on the set of events only: any order, batches and restarts give the same bytes and answers',
    what: 'partition, order and restarts of a set of events: same bytes',
    runs: MEMORY_RUNS,
  },
  {
    file: 'units-bounds',
    title: 'have the same bytes whenever and in whichever order that happens',
    what: 'days that become weeks, at any moment and across restarts: same bytes',
    runs: MEMORY_RUNS,
  },
  {
    file: 'units-bounds',
    title: 'keeps the same ones in any order, in parts, across restarts and weeks',
    what: 'a cell of more instances than are kept, in any order and parts: same bytes',
    runs: MEMORY_RUNS,
  },
  {
    file: 'standings',
    title:
      'a deleted instance leaves answers and stored units as if it had never been, also for events still on their way',
    what: 'deletion in memory: as if the instance had never been',
    runs: MEMORY_RUNS,
  },
  {
    file: 'rebuild',
    title: 'sqlite: whatever happens, the stored units are byte for byte what the events alone give',
    what: 'histories of reports, repeats, crashes, deletions and expiry: stored = rebuilt = live',
    runs: STORE_RUNS,
  },
  {
    file: 'rebuild',
    title: 'sqlite: an instance that was deleted leaves units and answers as if it had never been',
    what: 'deletion from the store: as if the instance had never been',
    runs: STORE_RUNS,
  },
  {
    file: 'deletion-and-forecast',
    title:
      'a forecast that is learned again after a deletion is the one of a server that never had the instance',
    what: 'forecast learned again after a deletion: as if the instance had never been',
    runs: STORE_RUNS,
  },
]

/** G9: the properties of the projection, in many random runs. */
export const projection: Measurement = {
  goals: ['G9'],
  measure: () => properties.map(row),
}

function row({ file, title, what, runs }: Property): GoalRow {
  const held = holds(`packages/server/src/predictions/${file}.test.ts`, title, runs) ? runs : 0
  return inRange('G9', `runs that are byte-identical: ${what}`, held, [runs, Infinity], String)
}

/** Runs one property of the test suite, with more runs than the suite has time for. */
function holds(file: string, title: string, runs: number): boolean {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const pattern = `${title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`
  const args = ['vitest', 'run', file, '-t', pattern, '--reporter=json', '--testTimeout=1200000']
  const env = { ...process.env, MOSAIC_PROPERTY_RUNS: String(runs) }
  const { stdout } = spawnSync('npx', args, { cwd: root, encoding: 'utf8', env, maxBuffer: 2 ** 26 })
  const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    readonly numPassedTests: number
    readonly numFailedTests: number
  }
  return report.numPassedTests === 1 && report.numFailedTests === 0
}
