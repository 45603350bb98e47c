import type { Command } from 'commander'

import { table } from '../output/table.ts'
import { terminal } from '../output/terminal.ts'
import { addRunServerFlags, openRunApi, type RunServerFlags } from '../runs/run-api.ts'
import { addRunFilters, type RunFilterFlags, toRunQuery } from '../runs/run-filters.ts'
import { runColumns } from '../runs/run-table.ts'
import { withExample } from './with-example.ts'

type Flags = RunServerFlags & RunFilterFlags & { readonly limit: string }

export function addRunsList(runs: Command): void {
  const list = runs.command('list').description('list runs, newest first')
  withExample(list, 'mosaic-telemetry runs list --agent scanner --since 2026-01-31')
  addRunFilters(list).option('--limit <number>', 'at most so many, 1 to 1000', '20')
  addRunServerFlags(list).action(listRuns)
}

async function listRuns(flags: Flags): Promise<void> {
  const found = await openRunApi(flags).list({ ...toRunQuery(flags), limit: flags.limit })
  if (flags.json) return terminal.out(JSON.stringify(found, null, 2))
  if (found.length === 0) {
    return terminal.err('No runs match. Record one with RunClient, or leave a filter out.')
  }
  terminal.out(table(runColumns, found))
}
