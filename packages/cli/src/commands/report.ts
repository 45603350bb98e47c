import { type Command, Option } from 'commander'

import type { ReportFlags } from '../report/run-report.ts'
import { withExample } from './with-example.ts'

const DIMENSIONS = [
  'day',
  'week',
  'month',
  'model',
  'project',
  'branch',
  'harness',
  'task-type',
  'session',
  'block',
]

export function addReport(program: Command): void {
  const command = program.command('report').description("what the coding agents' logs say was spent")
  withExample(
    command,
    'mosaic-telemetry report --by model --since 7d',
    'mosaic-telemetry report --check --budget 20 --per day',
  )
  command
    .addOption(new Option('--by <what>', 'rows of the table').choices(DIMENSIONS).default('day'))
    .option('--since <day>', 'from that day on: 2026-11-21, or 7d')
    .option('--until <day>', 'up to that day, all of it')
    .option('--project <project>', 'a directory, or the last part of its path')
    .option('--harness <agent>', 'such as claude-code or codex')
    .option('--model <model>', 'as the provider spells it')
    .option('--timezone <zone>', 'whose days are meant, such as Europe/Berlin;\ndefault: of this machine')
    .option('--no-read', 'do not look first for what is new in the logs')
    .option('--json', 'print JSON')
    .option(
      '--ccusage-json',
      'print JSON under the names of ccusage; alone has\nblock, the billing blocks of Claude',
    )
    .option('--check', 'say whether a budget was kept; exit 1 where not')
    .option('--budget <usd>', 'dollars, for --check')
    .addOption(
      new Option('--per <period>', 'what the budget is for; default: day').choices(['day', 'week', 'month']),
    )
    .action(async (flags: ReportFlags) => {
      // Loaded here: no other command has to wait for it.
      const { runReport } = await import('../report/run-report.ts')
      await runReport(flags)
    })
}
