/**
 * Reports under the names that ccusage 20 gives them in its JSON, so that what reads its reports reads ours. Two things
 * have no name there and are left out: what is missing, and that a cost is not known. `--json` has them.
 */
import { type Ledger, spend, type SpendGroup, type SpendQuery } from '@mosaicstack/telemetry-importers'

export const CCUSAGE_REPORTS = { day: 'daily', week: 'weekly', month: 'monthly', session: 'session' } as const
export type CcusageDimension = keyof typeof CCUSAGE_REPORTS

export function ccusageJson(
  ledger: Ledger,
  query: Omit<SpendQuery, 'by'>,
  by: CcusageDimension,
): Readonly<Record<string, unknown>> {
  const periods = new Map<string, SpendGroup[]>()
  for (const group of spend(ledger, { ...query, by: [by, 'harness', 'model'] })) {
    const period = group.keys[by] ?? ''
    const key = by === 'session' ? `${period}\n${group.keys.harness}` : period
    periods.set(key, [...(periods.get(key) ?? []), group])
  }
  const rows = [...periods.values()].map((groups) => rowOf(by, groups))
  return {
    [CCUSAGE_REPORTS[by]]: by === 'session' ? rows.sort((a, b) => b.totalCost - a.totalCost) : rows,
    totals: sums([...periods.values()].flat()),
  }
}

function rowOf(by: CcusageDimension, groups: readonly SpendGroup[]) {
  const [first] = groups
  return {
    agent: by === 'session' ? agentOf(first?.keys.harness) : 'all',
    ...sums(groups),
    metadata: metadataOf(by, groups),
    modelBreakdowns: modelsOf(groups)
      .map((model) => breakdown(model, groups))
      .sort((a, b) => b.cost - a.cost),
    modelsUsed: modelsOf(groups),
    period: first?.keys[by] ?? '',
  }
}

function metadataOf(by: CcusageDimension, groups: readonly SpendGroup[]) {
  if (by !== 'session')
    return { agents: [...new Set(groups.map(({ keys }) => agentOf(keys.harness)))].sort() }
  return { lastActivity: new Date(Math.max(...groups.map(({ lastAtMs }) => lastAtMs))).toISOString() }
}

const AGENTS: Readonly<Record<string, string>> = {
  claude_code: 'claude',
  gemini_cli: 'gemini',
  kilo_code: 'kilo',
  qwen_code: 'qwen',
}

function agentOf(harness: string | null | undefined): string {
  return AGENTS[harness ?? ''] ?? harness ?? ''
}

function sums(groups: readonly SpendGroup[]) {
  const sum = (value: (group: SpendGroup) => number): number =>
    groups.reduce((total, group) => total + value(group), 0)
  const counts = {
    cacheCreationTokens: sum(({ tokens }) => tokens.cacheWrite5m + tokens.cacheWrite1h),
    cacheReadTokens: sum(({ tokens }) => tokens.cacheRead),
    inputTokens: sum(({ tokens }) => tokens.freshInput),
    outputTokens: sum(({ tokens }) => tokens.output),
  }
  return {
    ...counts,
    totalCost: sum(({ cost }) => cost.knownNanoUsd) / 1e9,
    totalTokens: Object.values(counts).reduce((total, count) => total + count, 0),
  }
}

function breakdown(modelName: string, groups: readonly SpendGroup[]) {
  const ofModel = groups.filter(({ keys }) => keys.model === modelName)
  const { cacheCreationTokens, cacheReadTokens, inputTokens, outputTokens, totalCost } = sums(ofModel)
  return { cacheCreationTokens, cacheReadTokens, cost: totalCost, inputTokens, modelName, outputTokens }
}

function modelsOf(groups: readonly SpendGroup[]): readonly string[] {
  return [...new Set(groups.map(({ keys }) => keys.model ?? ''))].sort()
}
