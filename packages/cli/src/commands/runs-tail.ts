import type { RunRecord } from '@mosaicstack/telemetry-client/protocol'
import type { Command } from 'commander'
import { setTimeout as sleep } from 'node:timers/promises'

import { CliError } from '../cli-error.ts'
import { listenForInterrupt } from '../interruption.ts'
import { terminal } from '../output/terminal.ts'
import { addRunServerFlags, openRunApi, type RunServerFlags } from '../runs/run-api.ts'
import { addRunFilters, type RunFilterFlags, toRunQuery } from '../runs/run-filters.ts'
import { runLine } from '../runs/run-table.ts'
import { withExample } from './with-example.ts'

type Flags = RunServerFlags & RunFilterFlags & { readonly interval: string }

/** The newest runs that are looked at; a change of an older one goes unseen. */
const WATCHED = '200'
/** Of what was there before. */
const SHOWN_AT_FIRST = 10

export function addRunsTail(runs: Command): void {
  const tail = runs.command('tail').description('print runs as they start and end, until Ctrl-C')
  withExample(tail, 'mosaic-telemetry runs tail --agent scanner')
  addRunFilters(tail).option('--interval <seconds>', 'how often to look', '2')
  addRunServerFlags(tail).action(tailRuns)
}

async function tailRuns(flags: Flags): Promise<void> {
  const intervalMs = readInterval(flags.interval)
  const api = openRunApi(flags)
  const print = (run: RunRecord): void => terminal.out(flags.json ? JSON.stringify(run) : runLine(run))
  const look = () => api.list({ ...toRunQuery(flags), limit: WATCHED })

  const first = await look()
  using interruption = listenForInterrupt()
  const seen = new Map(first.map((run) => [run.event_id, run.status]))
  for (const run of first.slice(0, SHOWN_AT_FIRST).reverse()) print(run)
  if (first.length === 0) terminal.err('No runs match yet; they are printed as they come.')

  const stop = new AbortController()
  void interruption.interrupted.then(() => stop.abort())
  while (!interruption.hasHappened) {
    await sleep(intervalMs, undefined, { signal: stop.signal }).catch(() => {})
    if (interruption.hasHappened) return
    for (const run of [...(await look())].reverse()) {
      if (seen.get(run.event_id) !== run.status) print(run)
      seen.set(run.event_id, run.status)
    }
  }
}

function readInterval(text: string): number {
  const seconds = Number(text)
  if (seconds >= 0.1 && seconds <= 3600) return seconds * 1000
  throw new CliError(`--interval: ${JSON.stringify(text)} is not a number of seconds from 0.1 to 3600`, {
    hint: 'Write it in digits: 2.',
    exitCode: 2,
  })
}
