import type { JsonRecord } from '../importer.ts'
import { countIn, isRecord, numberIn, recordIn } from '../json-fields.ts'
import type { ModelTotals } from '../log-facts.ts'
import type { ReadingIssue } from '../reading-issues.ts'

/** The totals in a `cost-state` line: what the program counted for the session, over all its runs so far. */
export function readCostState(
  line: JsonRecord,
  report: (issue: ReadingIssue) => void,
): readonly ModelTotals[] {
  return Object.entries(recordIn(line, 'modelUsage')).flatMap(([model, usage]) =>
    isRecord(usage) ? [readModelUsage(model, usage, report)] : [],
  )
}

function readModelUsage(
  model: string,
  usage: JsonRecord,
  report: (issue: ReadingIssue) => void,
): ModelTotals {
  const written = countIn(usage, 'cacheCreationInputTokens', report)
  const cacheWrite1h = countIn(usage, 'cacheCreationEphemeral1hInputTokens', report)
  return {
    model,
    tokens: {
      freshInput: countIn(usage, 'inputTokens', report),
      cacheRead: countIn(usage, 'cacheReadInputTokens', report),
      cacheWrite5m: Math.max(0, written - cacheWrite1h),
      cacheWrite1h,
      output: countIn(usage, 'outputTokens', report),
      reasoning: countIn(usage, 'thinkingTokens', report),
    },
    costUsd: numberIn(usage, 'costUSD'),
  }
}
