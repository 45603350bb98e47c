/**
 * Reads a chat of Qwen Code: lines linked like Claude Code's, with Gemini's counts.
 *
 * - A line of type `user` without a subtype is a prompt. A notification, and a message sent while the agent worked,
 *   continue the task before.
 * - An answer may be written several times under its uuid; the line with the most output counts.
 * - A rewind leaves the abandoned answers in the file. They were made and billed, so they count.
 */
import type { JsonRecord, JsonValue, LineParser, ReadContext } from '../importer.ts'
import { countIn, idIn, isRecord, numberIn, recordIn, textIn, timeIn } from '../json-fields.ts'
import { type ModelRequest, OVERHEAD, type TaskRef } from '../log-facts.ts'
import { isZero } from '../tokens.ts'

interface State {
  readonly prompt: string
  readonly lastMs: number
}

export class QwenChatParser implements LineParser {
  readonly #context: ReadContext
  readonly #session: string
  #prompt: string
  #lastMs: number

  constructor(context: ReadContext, stored: JsonValue | undefined) {
    const state = stored as State | undefined
    this.#context = context
    // A line may name another session, after a fork; the file says whose chat it is.
    this.#session = context.relativePath
      .slice(context.relativePath.lastIndexOf('/') + 1)
      .replace(/\.jsonl$/, '')
    this.#prompt = state?.prompt ?? OVERHEAD
    this.#lastMs = state?.lastMs ?? 0
  }

  state(): JsonValue {
    return { prompt: this.#prompt, lastMs: this.#lastMs }
  }

  record(line: JsonRecord): void {
    this.#lastMs = timeIn(line, 'timestamp') ?? this.#lastMs
    switch (line['type']) {
      case 'user':
        return this.#user(line)
      case 'assistant':
        return this.#assistant(line)
      case 'tool_result': {
        const failed = recordIn(line, 'toolCallResult')['status'] === 'error'
        this.#context.emit({ kind: 'tool', task: this.#task, purpose: 'other', failed })
        return this.#seen()
      }
      case 'system':
        if (line['subtype'] === 'chat_compression') this.#compaction()
        return
      default:
        this.#context.report('unknown_type')
    }
  }

  get #task(): TaskRef {
    return { session: this.#session, prompt: this.#prompt }
  }

  #user(line: JsonRecord): void {
    const id = idIn(line, 'uuid')
    if (line['subtype'] !== undefined || id === undefined) return this.#seen()
    this.#prompt = id
    this.#context.emit({
      kind: 'task_start',
      task: this.#task,
      atMs: this.#lastMs,
      project: textIn(line, 'cwd'),
      branch: textIn(line, 'gitBranch'),
      version: idIn(line, 'version'),
      isCopy: false,
    })
  }

  #assistant(line: JsonRecord): void {
    const request = readRequest(line, this.#lastMs, this.#context.report)
    if (request !== undefined) this.#context.emit({ kind: 'request', task: this.#task, request })
    this.#seen()
    this.#context.emit({ kind: 'ending', task: this.#task, atMs: this.#lastMs, ending: 'answered' })
  }

  /** What the request took that wrote the summary is in no line. */
  #compaction(): void {
    this.#context.emit({ kind: 'compaction', task: this.#task })
    this.#context.emit({ kind: 'missing', task: this.#task, part: 'compaction_request' })
  }

  #seen(): void {
    this.#context.emit({ kind: 'seen', task: this.#task, atMs: this.#lastMs })
  }
}

function readRequest(
  line: JsonRecord,
  atMs: number,
  report: ReadContext['report'],
): ModelRequest | undefined {
  const usage = line['usageMetadata']
  const id = idIn(line, 'uuid')
  if (!isRecord(usage) || id === undefined) return undefined
  const cacheRead = countIn(usage, 'cachedContentTokenCount', report)
  const reasoning = countIn(usage, 'thoughtsTokenCount', report)
  const tokens = {
    freshInput: Math.max(0, countIn(usage, 'promptTokenCount', report) - cacheRead),
    cacheRead,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: countIn(usage, 'candidatesTokenCount', report) + reasoning,
    reasoning,
  }
  if (isZero(tokens)) return undefined
  return {
    key: { requestId: undefined, responseId: id },
    atMs,
    model: idIn(line, 'model') ?? 'unknown',
    provider: 'qwen',
    tokens,
    role: 'main',
    contextWindow: numberIn(line, 'contextWindowSize') || undefined,
  }
}
