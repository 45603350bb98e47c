import { existsSync } from 'node:fs'

import {
  importers,
  importLogs,
  type Ledger,
  ledgerPath,
  type LocalDays,
  localDays,
  openLedger,
  repriceIfNeeded,
  spend,
  SPEND_DIMENSIONS,
  type SpendDimension,
  type SpendQuery,
  thisMachine,
} from '@mosaicstack/telemetry-importers'

import { CliError } from '../cli-error.ts'
import { showProgress } from '../import/progress.ts'
import { nameOf } from '../import/select-sources.ts'
import { paragraph } from '../output/paragraph.ts'
import { endOfDay, readDay } from '../output/read-day.ts'
import { terminal } from '../output/terminal.ts'
import { ccusageBlocks } from './ccusage-blocks.ts'
import { CCUSAGE_REPORTS, type CcusageDimension, ccusageJson } from './ccusage-json.ts'
import { BUDGET_PERIODS, type BudgetPeriod, checkBudget, periodStart, readBudget } from './check-budget.ts'
import { findHarness, findModel, findProject } from './report-filters.ts'
import { legend, reportTable } from './report-table.ts'
import { type ReportRow, reportRow } from './report-row.ts'

export interface ReportFlags {
  readonly by: string
  readonly since?: string
  readonly until?: string
  readonly project?: string
  readonly harness?: string
  readonly model?: string
  readonly timezone?: string
  readonly read: boolean
  readonly json?: boolean
  readonly ccusageJson?: boolean
  readonly check?: boolean
  readonly budget?: string
  readonly per?: BudgetPeriod
}

const WIDTH = 80

export async function runReport(flags: ReportFlags): Promise<void> {
  const days = readTimeZone(flags.timezone)
  const path = ledgerPath(thisMachine())
  if (!flags.read && !existsSync(path)) return sayEmpty()
  await using ledger = await openLedger({ path })
  if (flags.read) await readNew(ledger)
  const query = readQuery(flags, ledger, days)

  if (flags.check) return check(flags, ledger, query, days)
  if (flags.ccusageJson) return printCcusage(ledger, query, flags.by)
  const by = readDimension(flags.by)
  const rows = sorted(
    by,
    spend(ledger, { ...query, by: [by], withOutcomes: true }).map((group) => reportRow(group, by)),
  )
  const [total] = spend(ledger, { ...query, by: [], withOutcomes: true }).map((group) =>
    reportRow(group, undefined),
  )
  if (flags.json) return terminal.out(JSON.stringify({ by: flags.by, rows, total: total ?? null }, null, 2))
  if (total === undefined) return sayEmpty()
  print(flags.by, rows.map(atHome), total)
}

/** Reading sends nothing, and takes no time where nothing is new. */
async function readNew(ledger: Ledger): Promise<void> {
  repriceIfNeeded(ledger)
  using progress = showProgress({ isWanted: true })
  await importLogs({ ledger, importers, machine: thisMachine(), onProgress: progress.show })
}

function readTimeZone(name: string | undefined): LocalDays & { readonly name: string } {
  const zone = name ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  try {
    return { ...localDays(zone), name: zone }
  } catch (cause) {
    throw new CliError(`--timezone: ${JSON.stringify(name)} is not a known time zone`, {
      hint: 'Write it as Europe/Berlin or UTC.',
      exitCode: 2,
      cause,
    })
  }
}

function readQuery(
  flags: ReportFlags,
  ledger: Ledger,
  days: LocalDays & { readonly name: string },
): Omit<SpendQuery, 'by'> {
  const nowMs = Date.now()
  const { harness, model, project, since, until } = flags
  return {
    timeZone: days.name,
    fromMs: since === undefined ? undefined : readDay('--since', since, days, nowMs),
    toMs: until === undefined ? undefined : endOfDay(readDay('--until', until, days, nowMs), days),
    harness: harness === undefined ? undefined : findHarness(ledger, harness),
    model: model === undefined ? undefined : findModel(ledger, model),
    project: project === undefined ? undefined : findProject(ledger, project),
  }
}

function check(flags: ReportFlags, ledger: Ledger, query: Omit<SpendQuery, 'by'>, days: LocalDays): void {
  const budgetUsd = readBudget(flags.budget)
  const isSpan = flags.per === undefined && (query.fromMs !== undefined || query.toMs !== undefined)
  const period = flags.per ?? 'day'
  const asked = isSpan ? query : { ...query, fromMs: periodStart(period, days, Date.now()), toMs: undefined }
  const { isOver, sentence } = checkBudget(
    ledger,
    asked,
    budgetUsd,
    isSpan ? 'in that time' : BUDGET_PERIODS[period],
  )
  if (flags.json) terminal.out(JSON.stringify({ over: isOver, sentence }, null, 2))
  else terminal.out(sentence)
  if (isOver) process.exitCode = 1
}

function printCcusage(ledger: Ledger, query: Omit<SpendQuery, 'by'>, by: string): void {
  if (by !== 'block' && !(by in CCUSAGE_REPORTS)) {
    throw new CliError(`--ccusage-json: ccusage has no report by ${nameOf(by)}`, {
      hint: `It has ${Object.keys(CCUSAGE_REPORTS).join(', ')} and block; --json prints other reports under names of ours.`,
      exitCode: 2,
    })
  }
  const report =
    by === 'block'
      ? ccusageBlocks(ledger, query, Date.now())
      : ccusageJson(ledger, query, by as CcusageDimension)
  terminal.out(JSON.stringify(report, null, 2))
}

function readDimension(by: string): SpendDimension {
  const dimension = SPEND_DIMENSIONS.find((each) => each === by.replace('-', '_'))
  if (dimension !== undefined) return dimension
  throw new CliError(`--by ${by} is only there with --ccusage-json`, { hint: 'Add it.', exitCode: 2 })
}

/** Times in their order, everything else by what it cost. */
function sorted(by: SpendDimension, rows: readonly ReportRow[]): readonly ReportRow[] {
  const isTime = by === 'day' || by === 'week' || by === 'month'
  return isTime ? rows : rows.toSorted((a, b) => b.known_cost_usd - a.known_cost_usd)
}

function print(by: string, rows: readonly ReportRow[], total: ReportRow): void {
  const width = process.stdout.columns ?? (Number(process.env['COLUMNS']) || WIDTH)
  terminal.out(reportTable(by.toUpperCase(), rows, total, width))
  for (const sentence of legend([...rows, total])) terminal.err(terminal.dim(paragraph([sentence])))
}

function atHome(row: ReportRow): ReportRow {
  const { home } = thisMachine()
  const isInside = row.name === home || row.name?.startsWith(`${home}/`)
  return isInside ? { ...row, name: `~${row.name?.slice(home.length)}` } : row
}

function sayEmpty(): void {
  terminal.err('Nothing was spent in that time, as far as the logs of the agents on this machine say.')
  terminal.err('`mosaic-telemetry import` shows which logs were found.')
}
