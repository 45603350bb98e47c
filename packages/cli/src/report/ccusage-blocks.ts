/**
 * Claude's billing blocks as ccusage 20 has them: five hours from the full hour of a first request, a gap where nothing
 * was asked for longer than that, and, for the block that is under way, how it goes on at the same rate.
 */
import { type Ledger, listRequests, type RequestRecord } from '@mosaicstack/telemetry-importers'

const HOUR_MS = 3_600_000
const BLOCK_MS = 5 * HOUR_MS
const MINUTE_MS = 60_000

export function ccusageBlocks(
  ledger: Ledger,
  query: { readonly fromMs?: number | undefined; readonly toMs?: number | undefined },
  nowMs: number,
): Readonly<Record<string, unknown>> {
  const blocks: unknown[] = []
  let block: RequestRecord[] = []
  const { fromMs, toMs } = query
  for (const request of listRequests(ledger, { fromMs, toMs, harness: 'claude_code' })) {
    const [first, last] = [block[0], block.at(-1)]
    if (first !== undefined && last !== undefined && !isInBlock(request.atMs, first.atMs, last.atMs)) {
      blocks.push(blockOf(block, nowMs))
      if (request.atMs - last.atMs > BLOCK_MS) blocks.push(gapOf(last.atMs + BLOCK_MS, request.atMs))
      block = []
    }
    block.push(request)
  }
  if (block.length > 0) blocks.push(blockOf(block, nowMs))
  return { blocks }
}

function isInBlock(atMs: number, firstMs: number, lastMs: number): boolean {
  return atMs - startOf(firstMs) <= BLOCK_MS && atMs - lastMs <= BLOCK_MS
}

function startOf(firstMs: number): number {
  return Math.floor(firstMs / HOUR_MS) * HOUR_MS
}

function blockOf(requests: readonly RequestRecord[], nowMs: number) {
  const firstMs = requests[0]?.atMs ?? 0
  const lastMs = requests.at(-1)?.atMs ?? 0
  const [startMs, endMs] = [startOf(firstMs), startOf(firstMs) + BLOCK_MS]
  const sum = (value: (request: RequestRecord) => number): number =>
    requests.reduce((total, request) => total + value(request), 0)
  const tokenCounts = {
    cacheCreationInputTokens: sum(({ tokens }) => tokens.cacheWrite5m + tokens.cacheWrite1h),
    cacheReadInputTokens: sum(({ tokens }) => tokens.cacheRead),
    inputTokens: sum(({ tokens }) => tokens.freshInput),
    outputTokens: sum(({ tokens }) => tokens.output),
  }
  const totalTokens = Object.values(tokenCounts).reduce((total, count) => total + count, 0)
  const costUSD = sum(({ costNanoUsd }) => costNanoUsd ?? 0) / 1e9
  const isActive = nowMs < endMs && nowMs - lastMs < BLOCK_MS
  const rate = isActive
    ? rateOf({ costUSD, minutes: (lastMs - firstMs) / MINUTE_MS, tokenCounts, totalTokens })
    : null
  return {
    actualEndTime: iso(lastMs),
    burnRate: rate,
    costUSD,
    endTime: iso(endMs),
    entries: requests.length,
    id: iso(startMs),
    isActive,
    isGap: false,
    models: [...new Set(requests.map(({ model }) => model))],
    projection:
      rate &&
      projectionOf(rate, { costUSD, totalTokens, remainingMinutes: Math.round((endMs - nowMs) / MINUTE_MS) }),
    startTime: iso(startMs),
    tokenCounts,
    totalTokens,
  }
}

interface Sums {
  readonly costUSD: number
  readonly totalTokens: number
}

/** Null where a single moment shows no rate. */
function rateOf({
  costUSD,
  minutes,
  tokenCounts,
  totalTokens,
}: Sums & {
  readonly minutes: number
  readonly tokenCounts: { readonly inputTokens: number; readonly outputTokens: number }
}) {
  if (minutes <= 0) return null
  return {
    costPerHour: (costUSD / minutes) * 60,
    tokensPerMinute: totalTokens / minutes,
    tokensPerMinuteForIndicator: (tokenCounts.inputTokens + tokenCounts.outputTokens) / minutes,
  }
}

function projectionOf(
  rate: NonNullable<ReturnType<typeof rateOf>>,
  { costUSD, remainingMinutes, totalTokens }: Sums & { readonly remainingMinutes: number },
) {
  const finalCost = costUSD + (rate.costPerHour / 60) * remainingMinutes
  return {
    remainingMinutes,
    totalCost: Math.round(finalCost * 100) / 100,
    totalTokens: Math.round(totalTokens + rate.tokensPerMinute * remainingMinutes),
  }
}

function gapOf(startMs: number, endMs: number) {
  return {
    actualEndTime: null,
    burnRate: null,
    costUSD: 0,
    endTime: iso(endMs),
    entries: 0,
    id: `gap-${iso(startMs)}`,
    isActive: false,
    isGap: true,
    models: [],
    projection: null,
    startTime: iso(startMs),
    tokenCounts: {
      cacheCreationInputTokens: 0,
      cacheReadInputTokens: 0,
      inputTokens: 0,
      outputTokens: 0,
    },
    totalTokens: 0,
  }
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}
