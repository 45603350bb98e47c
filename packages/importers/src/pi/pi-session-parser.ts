/**
 * Reads a session of Pi: a tree of entries, of which messages and compactions matter here.
 *
 * - A user's message is a prompt; tool results have a role of their own.
 * - An answer has its counts in disjoint buckets, and Pi's own cost, which is 0 where Pi knows no price.
 * - A session that was branched begins with copies of the entries before, which are older than itself. Their answers are
 *   known by their ids and belong to the original; their prompts start nothing.
 */
import type { JsonRecord, JsonValue, LineParser, ReadContext } from '../importer.ts'
import { countIn, idIn, isRecord, numberIn, recordIn, textIn, timeIn } from '../json-fields.ts'
import { type ModelRequest, OVERHEAD, type TaskRef } from '../log-facts.ts'

interface State {
  readonly session: string
  readonly beganMs: number
  readonly project: string | null
  readonly prompt: string
  readonly lastMs: number
}

export class PiSessionParser implements LineParser {
  readonly #context: ReadContext
  #session: string
  #beganMs: number
  #project: string | undefined
  #prompt: string
  #lastMs: number

  constructor(context: ReadContext, stored: JsonValue | undefined) {
    const state = stored as State | undefined
    this.#context = context
    this.#session = state?.session ?? context.relativePath
    this.#beganMs = state?.beganMs ?? 0
    this.#project = state?.project ?? undefined
    this.#prompt = state?.prompt ?? OVERHEAD
    this.#lastMs = state?.lastMs ?? 0
  }

  state(): JsonValue {
    return {
      session: this.#session,
      beganMs: this.#beganMs,
      project: this.#project ?? null,
      prompt: this.#prompt,
      lastMs: this.#lastMs,
    }
  }

  record(line: JsonRecord): void {
    this.#lastMs = timeIn(line, 'timestamp') ?? this.#lastMs
    switch (line['type']) {
      case 'session':
        this.#session = idIn(line, 'id') ?? this.#session
        this.#beganMs = timeIn(line, 'timestamp') ?? 0
        this.#project = textIn(line, 'cwd')
        return
      case 'message':
        return this.#message(line, recordIn(line, 'message'))
      case 'compaction':
        this.#context.emit({ kind: 'compaction', task: this.#task })
        this.#context.emit({ kind: 'missing', task: this.#task, part: 'compaction_request' })
        return
      default:
        if (!KNOWN_TYPES.has(line['type'])) this.#context.report('unknown_type')
    }
  }

  get #isCopy(): boolean {
    return this.#lastMs < this.#beganMs
  }

  get #task(): TaskRef {
    return { session: this.#session, prompt: this.#prompt }
  }

  #message(line: JsonRecord, message: JsonRecord): void {
    const { emit } = this.#context
    const id = idIn(line, 'id')
    switch (message['role']) {
      case 'user': {
        if (id === undefined) return
        this.#prompt = id
        if (this.#isCopy) return
        return emit({
          kind: 'task_start',
          task: this.#task,
          atMs: this.#lastMs,
          project: this.#project,
          branch: undefined,
          version: undefined,
          isCopy: false,
        })
      }
      case 'assistant': {
        const request = this.#request(id, message)
        if (request !== undefined) emit({ kind: 'request', task: this.#task, request })
        if (this.#isCopy) return
        emit({ kind: 'seen', task: this.#task, atMs: this.#lastMs })
        const reason = message['stopReason']
        const ending = reason === 'aborted' ? 'interrupted' : reason === 'error' ? 'failed' : 'answered'
        return emit({ kind: 'ending', task: this.#task, atMs: this.#lastMs, ending })
      }
      case 'toolResult': {
        emit({ kind: 'tool', task: this.#task, purpose: 'other', failed: message['isError'] === true })
        return emit({ kind: 'seen', task: this.#task, atMs: this.#lastMs })
      }
      default:
    }
  }

  #request(id: string | undefined, message: JsonRecord): ModelRequest | undefined {
    const usage = message['usage']
    const responseId = idIn(message, 'responseId')
    if (!isRecord(usage) || (id === undefined && responseId === undefined)) return undefined
    const { report } = this.#context
    const costUsd = numberIn(recordIn(usage, 'cost'), 'total')
    return {
      // Local servers give the same id to many responses, so the id of the entry is part of the key.
      key: { requestId: undefined, responseId: `${id ?? ''}/${responseId ?? ''}` },
      atMs: this.#lastMs,
      model: idIn(message, 'model') ?? 'unknown',
      provider: idIn(message, 'provider') ?? 'unknown',
      tokens: {
        freshInput: countIn(usage, 'input', report),
        cacheRead: countIn(usage, 'cacheRead', report),
        cacheWrite5m: countIn(usage, 'cacheWrite', report),
        cacheWrite1h: 0,
        output: countIn(usage, 'output', report),
        reasoning: 0,
      },
      role: 'main',
      isSidechainCopy: this.#isCopy,
      statedCostUsd: costUsd !== undefined && costUsd > 0 ? costUsd : undefined,
    }
  }
}

/** Types that are known and say nothing about tasks. */
const KNOWN_TYPES: ReadonlySet<unknown> = new Set([
  'branch_summary',
  'custom',
  'custom_message',
  'label',
  'model_change',
  'session_info',
  'thinking_level_change',
])
