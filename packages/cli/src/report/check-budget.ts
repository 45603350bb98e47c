import { type Ledger, type LocalDays, spend, type SpendQuery } from '@mosaicstack/telemetry-importers'

import { CliError } from '../cli-error.ts'
import { usd } from '../output/format.ts'
import { startOfDay } from '../output/read-day.ts'

export const BUDGET_PERIODS = { day: 'today', week: 'this week', month: 'this month' } as const
export type BudgetPeriod = keyof typeof BUDGET_PERIODS

export interface BudgetCheck {
  readonly isOver: boolean
  readonly sentence: string
}

/** Compares what was spent with a budget. What has no known price counts as nothing, and the sentence says so. */
export function checkBudget(
  ledger: Ledger,
  query: Omit<SpendQuery, 'by'>,
  budgetUsd: number,
  when: string,
): BudgetCheck {
  const [total] = spend(ledger, { ...query, by: [] })
  const { knownNanoUsd = 0, unpricedRequests = 0 } = total?.cost ?? {}
  const isOver = knownNanoUsd > budgetUsd * 1e9
  const spent = `${unpricedRequests > 0 ? 'at least ' : ''}${usd(knownNanoUsd / 1000)}`
  const verdict = isOver ? 'Over budget' : 'Within budget'
  return { isOver, sentence: `${verdict}: ${spent} of ${usd(budgetUsd * 1e6)} spent ${when}.` }
}

/** When the period that is under way began: weeks begin on Monday. */
export function periodStart(period: BudgetPeriod, days: LocalDays, nowMs: number): number {
  const first = { day: days.day, week: days.week, month: (atMs: number) => `${days.month(atMs)}-01` }
  return startOfDay(first[period](nowMs), days)
}

/** @throws CliError for anything that is no amount of dollars. */
export function readBudget(text: string | undefined): number {
  if (text !== undefined && /^\$?\d{1,9}(?:\.\d{1,6})?$/.test(text)) return Number(text.replace('$', ''))
  const what =
    text === undefined ? 'is needed with --check' : `${JSON.stringify(text)} is not an amount of dollars`
  throw new CliError(`--budget: ${what}`, { hint: 'Write it as 20 or 2.50.', exitCode: 2 })
}
