import type { JsonRecord } from '../importer.ts'
import { countIn, idIn, isRecord, numberIn, recordIn } from '../json-fields.ts'
import type { ModelRequest } from '../log-facts.ts'
import type { ReadingIssue } from '../reading-issues.ts'
import type { TokenCounts } from '../tokens.ts'

/** What the place of a response's line says about it. */
export interface ResponsePlace {
  readonly atMs: number
  readonly role: ModelRequest['role']
  /** In a file of its own a subagent of 2.1.197 and before leaves placeholders for the output. */
  readonly isSubagentFile: boolean
  readonly isSidechain: boolean
}

/** The model request behind an assistant's line; undefined where the line has no token counts. */
export function readResponse(
  line: JsonRecord,
  place: ResponsePlace,
  report: (issue: ReadingIssue) => void,
): ModelRequest | undefined {
  const message = recordIn(line, 'message')
  const usage = message['usage']
  const model = idIn(message, 'model')
  const responseId = idIn(message, 'id') ?? idIn(line, 'uuid')
  if (!isRecord(usage) || model === undefined || responseId === undefined) {
    report('no_usage')
    return undefined
  }
  return {
    key: { requestId: idIn(line, 'requestId'), responseId },
    atMs: place.atMs,
    model,
    provider: providerOf(model),
    tokens: readTokens(usage, report),
    role: place.role,
    isFast: usage['speed'] === 'fast',
    isOutputPartial: place.isSubagentFile && typeof message['stop_reason'] !== 'string',
    isSidechainCopy: place.isSidechain,
    webSearches: countIn(recordIn(usage, 'server_tool_use'), 'web_search_requests', report),
    statedCostUsd: numberIn(line, 'costUSD'),
  }
}

function readTokens(usage: JsonRecord, report: (issue: ReadingIssue) => void): TokenCounts {
  const split = usage['cache_creation']
  const written = countIn(usage, 'cache_creation_input_tokens', report)
  const cacheWrite1h = isRecord(split) ? countIn(split, 'ephemeral_1h_input_tokens', report) : 0
  const cacheWrite5m = isRecord(split) ? countIn(split, 'ephemeral_5m_input_tokens', report) : written
  return {
    freshInput: countIn(usage, 'input_tokens', report),
    cacheRead: countIn(usage, 'cache_read_input_tokens', report),
    cacheWrite5m,
    cacheWrite1h,
    output: countIn(usage, 'output_tokens', report),
    reasoning: countIn(recordIn(usage, 'output_tokens_details'), 'thinking_tokens', report),
  }
}

/** Amazon and Google spell the models' names in their own way. */
export function providerOf(model: string): string {
  if (model.includes('anthropic.')) return 'bedrock'
  if (model.includes('@')) return 'vertex'
  return 'anthropic'
}
