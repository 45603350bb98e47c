import type { RunRecord, RunTimelineEvent } from '@mosaicstack/telemetry-client/protocol'
import type { Command } from 'commander'

import { CliError } from '../cli-error.ts'
import { terminal } from '../output/terminal.ts'
import { findRun } from '../runs/find-run.ts'
import { addRunServerFlags, openRunApi, type RunServerFlags } from '../runs/run-api.ts'
import { printable, took } from '../runs/run-table.ts'
import { withExample } from './with-example.ts'

export function addRunsShow(runs: Command): void {
  const show = runs.command('show <run>').description('one run and its timeline, by run id or event id')
  withExample(show, 'mosaic-telemetry runs show 20251210T120530Z-scanner-a1b2c3d4')
  addRunServerFlags(show).action(showRun)
}

async function showRun(id: string, flags: RunServerFlags): Promise<void> {
  const api = openRunApi(flags)
  const run = await findRun(api, id)
  if (run === undefined) {
    throw new CliError(`${api.serverUrl} has no run ${id}`, { hint: 'See `mosaic-telemetry runs list`.' })
  }
  const timeline = await api.timeline(run.event_id)
  if (flags.json) return terminal.out(JSON.stringify({ run, timeline }, null, 2))
  terminal.out([...fieldLines(run), ...timelineLines(timeline)].join('\n'))
}

/** Said in words of its own, or of no interest to people. */
const HIDDEN: ReadonlySet<string> = new Set([
  'id',
  'schema_version',
  'created_at',
  'updated_at',
  'duration_ms',
])

function fieldLines(run: RunRecord): string[] {
  const fields = Object.entries(run).filter(([name, value]) => !HIDDEN.has(name) && !isNothing(value))
  const all: [string, unknown][] = [...fields, ['took', took(run)]]
  const width = Math.max(...all.map(([name]) => name.length))
  return all.map(([name, value]) => `${name.padEnd(width)}  ${textOf(value)}`.trimEnd())
}

/** Counts of 0 were mostly never set. */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '' || value === 0 || value === false
}

function timelineLines(timeline: readonly RunTimelineEvent[]): string[] {
  const lines = timeline.map(({ event_type, payload, timestamp }) => {
    const said = payload === undefined || payload === null ? '' : textOf(payload)
    return `${toSecond(timestamp)}  ${printable(event_type)}  ${said}`.trimEnd()
  })
  return lines.length === 0 ? [] : ['', ...lines]
}

/** UTC, to the second: what happens in a run happens within minutes. */
function toSecond(timestamp: string): string {
  return new Date(timestamp).toISOString().slice(0, 19).replace('T', ' ')
}

function textOf(value: unknown): string {
  return printable(typeof value === 'object' ? JSON.stringify(value) : String(value))
}
