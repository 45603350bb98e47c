import type { Command } from 'commander'

import { addRunsList } from './runs-list.ts'
import { addRunsShow } from './runs-show.ts'
import { addRunsTail } from './runs-tail.ts'
import { withExample } from './with-example.ts'

export function addRuns(program: Command): void {
  const runs = program.command('runs').description('agent runs: list, show, tail')
  withExample(runs, 'mosaic-telemetry runs list --status failure')
  for (const add of [addRunsList, addRunsShow, addRunsTail]) add(runs)
}
