import type { JsonRecord, ReadContext } from '../importer.ts'
import { countIn, idIn, isRecord, numberIn, recordIn, recordsIn, textIn } from '../json-fields.ts'
import { areaOf, languageOf } from '../languages.ts'
import type { FileArea, ModelRequest, RequestRole } from '../log-facts.ts'
import type { TokenCounts } from '../tokens.ts'
import { allInput } from '../tokens.ts'

/** A message of OpenCode: one row of its database, or one file of the storage before it. */
export type Message = UserMessage | AssistantMessage

export interface UserMessage {
  readonly kind: 'user'
  readonly id: string
  readonly createdMs: number
  /** What the session has changed in files since this prompt, taken when the work on it ended. */
  readonly changes: readonly FileChange[]
}

/** A changed file, without its name. */
export interface FileChange {
  readonly language: string | undefined
  readonly area: FileArea
  readonly linesAdded: number
  readonly linesRemoved: number
}

export interface AssistantMessage {
  readonly kind: 'assistant'
  readonly id: string
  /** The user message that it answers. */
  readonly parentId: string | undefined
  readonly createdMs: number
  /** When it ended; the beginning where that is not known. */
  readonly endedMs: number
  /** Its counts do not change any more. */
  readonly isFinished: boolean
  readonly model: string
  readonly provider: string
  readonly usage: Usage
  /** The answer to a request to summarise the context. */
  readonly isSummary: boolean
  readonly failure: 'aborted' | 'failed' | undefined
}

export interface Usage {
  readonly tokens: TokenCounts
  /** What OpenCode computed; undefined for its 0, which also means "no price known" or "subscription". */
  readonly costUsd: number | undefined
}

/** @returns undefined for what is neither a prompt nor an answer. */
export function readMessage(
  id: string,
  data: JsonRecord,
  otherwiseMs: number,
  report: ReadContext['report'],
): Message | undefined {
  const createdMs = numberIn(recordIn(data, 'time'), 'created') ?? otherwiseMs
  if (data['role'] === 'user') return { kind: 'user', id, createdMs, changes: readChanges(data) }
  if (data['role'] !== 'assistant') {
    report('unknown_type')
    return undefined
  }
  const completedMs = numberIn(recordIn(data, 'time'), 'completed')
  const error = recordIn(data, 'error')
  return {
    kind: 'assistant',
    id,
    parentId: idIn(data, 'parentID'),
    createdMs,
    endedMs: completedMs ?? createdMs,
    isFinished: completedMs !== undefined || typeof data['finish'] === 'string' || isRecord(data['error']),
    model: idIn(data, 'modelID') ?? 'unknown',
    provider: idIn(data, 'providerID') ?? 'unknown',
    usage: readUsage(data, report),
    isSummary: data['summary'] === true,
    failure: !isRecord(data['error'])
      ? undefined
      : error['name'] === 'MessageAbortedError'
        ? 'aborted'
        : 'failed',
  }
}

/** The tokens and the cost of an answer, or of one step of it. */
export function readUsage(data: JsonRecord, report: ReadContext['report']): Usage {
  const tokens = recordIn(data, 'tokens')
  const cache = recordIn(tokens, 'cache')
  const reasoning = countIn(tokens, 'reasoning', report)
  const costUsd = numberIn(data, 'cost')
  return {
    tokens: {
      freshInput: countIn(tokens, 'input', report),
      cacheRead: countIn(cache, 'read', report),
      cacheWrite5m: countIn(cache, 'write', report),
      cacheWrite1h: 0,
      output: countIn(tokens, 'output', report) + reasoning,
      reasoning,
    },
    costUsd: costUsd !== undefined && costUsd > 0 ? costUsd : undefined,
  }
}

/**
 * The request behind an answer or a step; undefined where nothing was counted (running, or given up before the model
 * answered). A fork copies messages under new ids and leaves their times and counts, so those are the key.
 */
export function requestOf(
  message: AssistantMessage,
  usage: Usage,
  place: { readonly role: RequestRole; readonly step: number; readonly isCopy: boolean },
): ModelRequest | undefined {
  const { tokens, costUsd } = usage
  if (allInput(tokens) + tokens.output === 0) return undefined
  const counts = [tokens.freshInput, tokens.cacheRead, tokens.cacheWrite5m, tokens.output].join('.')
  return {
    key: { requestId: undefined, responseId: `${message.createdMs}.${place.step}:${counts}` },
    atMs: message.endedMs,
    model: message.model,
    provider: message.provider,
    tokens,
    role: message.isSummary ? 'compaction' : place.role,
    durationMs: Math.max(0, message.endedMs - message.createdMs),
    isSidechainCopy: place.isCopy,
    statedCostUsd: costUsd,
  }
}

function readChanges(data: JsonRecord): readonly FileChange[] {
  return recordsIn(recordIn(data, 'summary'), 'diffs').flatMap((diff) => {
    const file = textIn(diff, 'file')
    if (file === undefined) return []
    return {
      language: languageOf(file),
      area: areaOf(file),
      linesAdded: Math.max(0, numberIn(diff, 'additions') ?? 0),
      linesRemoved: Math.max(0, numberIn(diff, 'deletions') ?? 0),
    }
  })
}
