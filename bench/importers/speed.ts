/**
 * How long reading takes, and how much memory: `import` the first and the second time, beside ccusage on the same files,
 * in turn. Then what a coding agent waits for: the status line and a hook.
 *
 * node dist/speed.js [--gigabytes 0.3] [--files 800] [--rounds 3] [--write]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { CCUSAGE_VERSION, ccusage } from './ccusage.ts'
import { generateTranscripts } from './generate.ts'
import { measure, type Measured, median } from './measure.ts'
import { docs, markdownTable, writeSection } from './section.ts'

const { values: flags } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '0.3' },
    files: { type: 'string', default: '800' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
})
const plan = { files: Number(flags.files), bytes: Number(flags.gigabytes) * 1e9, seed: 7 }
const main = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url))

const home = mkdtempSync(join(tmpdir(), 'mosaic-importers-bench-'))
const env = { PATH: process.env['PATH'], HOME: home, TZ: 'UTC', DO_NOT_TRACK: '1' }
const state = join(home, '.local/state/mosaic-telemetry')
const ours = (...args: string[]) => measure(process.execPath, [main, ...args], env)

interface Row {
  readonly name: string
  readonly runs: Measured[]
}
function row(name: string): Row {
  return { name, runs: [] }
}

const rows = {
  floor: row('`node -e 0`'),
  first: row('`mosaic-telemetry import`, first time'),
  second: row('`mosaic-telemetry import`, second time'),
  peer: row(`\`ccusage daily --offline\` ${CCUSAGE_VERSION}`),
  statusline: row('`mosaic-telemetry statusline`'),
  submit: row('`mosaic-telemetry hook claude-code`, prompt submitted'),
}

try {
  generateTranscripts(home, plan)
  for (let round = 0; round < Number(flags.rounds); round++) {
    rows.peer.runs.push(await measure(ccusage, ['daily', '--json', '--offline'], env))
    rmSync(state, { recursive: true, force: true })
    rows.first.runs.push(await ours('import', '--json'))
    rows.second.runs.push(await ours('import', '--json'))
  }
  compareTotals()
  const prompt = { session_id: 's', prompt_id: 'p', transcript_path: '/x', cost: { total_cost_usd: 1 } }
  const submitted = JSON.stringify({ ...prompt, hook_event_name: 'UserPromptSubmit' })
  for (let round = 0; round < 20; round++) {
    rows.floor.runs.push(await measure(process.execPath, ['-e', '0'], env))
    rows.statusline.runs.push(
      await measure(process.execPath, [main, 'statusline'], env, JSON.stringify(prompt)),
    )
    rows.submit.runs.push(await measure(process.execPath, [main, 'hook', 'claude-code'], env, submitted))
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}

/** Both must have counted the same, or the times compare nothing. */
function compareTotals(): void {
  const { totals } = JSON.parse(rows.peer.runs.at(-1)?.stdout ?? '{}')
  const { agents } = JSON.parse(rows.first.runs.at(-1)?.stdout ?? '{}')
  process.stderr.write(`ccusage: ${totals.totalTokens} tokens; import: ${agents[0].requests} requests\n`)
}

const table = markdownTable(
  ['', 'wall, median', 'best – worst', 'CPU, median', 'peak memory'],
  Object.values(rows).map(({ name, runs }: Row) => {
    const seconds = runs.map((run) => run.seconds)
    const peaks = runs.flatMap(({ peakMb }) => peakMb ?? [])
    const range = `${time(Math.min(...seconds))} – ${time(Math.max(...seconds))}`
    const peak = peaks.length < runs.length / 2 ? '' : `${Math.max(...peaks).toFixed(0)} MB`
    // Of a process this short the last look misses a good part.
    const isLong = median(seconds) >= 1
    const cpuTimes = isLong ? runs.flatMap(({ cpuSeconds }) => cpuSeconds ?? []) : []
    return [name, time(median(seconds)), range, cpuTimes.length === 0 ? '' : time(median(cpuTimes)), peak]
  }),
)
const [cpu] = cpus()
const where = `${plan.files} files, ${flags.gigabytes} GB, seed ${plan.seed}; ${flags.rounds} rounds in turn; Node ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim()}.`
process.stdout.write(`${table}\n\n${where}\n`)
if (flags.write) writeSection(docs('importers-benchmarks.md'), 'speed', `${where}\n\n${table}`)

function time(seconds: number): string {
  return seconds < 1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(1)} s`
}
