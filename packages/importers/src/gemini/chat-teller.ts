/**
 * Tells the messages of a chat of Gemini CLI, in their order, as facts.
 *
 * - A message may come again under its id, with its tool calls or after a resume; its request is known by that id, and a
 *   tool call is told once.
 * - A user message with nothing but tool results is no prompt, nor is the context that the program puts first.
 * - The chat of a subagent (`kind` is not `main`) has no prompts of a person: all of it belongs to its session alone.
 */
import type { JsonRecord, JsonValue, ReadContext } from '../importer.ts'
import { idIn, textIn, timeIn } from '../json-fields.ts'
import { OVERHEAD, type Ending, type TaskRef } from '../log-facts.ts'
import { kindOf, readRequest, toolFacts } from './gemini-message.ts'

/** Calls come again within a few messages, if at all. */
const MAX_REMEMBERED_CALLS = 200

interface State {
  readonly session: string
  readonly isMain: boolean
  readonly prompt: string
  readonly lastMs: number
  readonly calls: readonly string[]
}

export class ChatTeller {
  readonly #context: ReadContext
  readonly #calls: Set<string>
  #session: string
  #isMain: boolean
  #prompt: string
  #lastMs: number

  constructor(context: ReadContext, stored?: JsonValue) {
    const state = stored as State | undefined
    this.#context = context
    this.#session = state?.session ?? nameOf(context.relativePath)
    this.#isMain = state?.isMain ?? true
    this.#prompt = state?.prompt ?? OVERHEAD
    this.#lastMs = state?.lastMs ?? 0
    this.#calls = new Set(state?.calls)
  }

  state(): JsonValue {
    return {
      session: this.#session,
      isMain: this.#isMain,
      prompt: this.#prompt,
      lastMs: this.#lastMs,
      calls: [...this.#calls].slice(-MAX_REMEMBERED_CALLS),
    }
  }

  /** The head of a chat: whose it is and when it began. */
  head(record: JsonRecord): void {
    this.#session = idIn(record, 'sessionId') ?? this.#session
    const kind = textIn(record, 'kind')
    this.#isMain = kind === undefined || kind === 'main' || kind === 'chat'
    this.#lastMs = timeIn(record, 'startTime') ?? this.#lastMs
  }

  message(message: JsonRecord): void {
    const { emit, report } = this.#context
    const kind = kindOf(message, report)
    const atMs = timeIn(message, 'timestamp')
    if (atMs === undefined && kind !== 'other') report('no_time')
    this.#lastMs = atMs ?? this.#lastMs
    switch (kind) {
      case 'prompt':
        return this.#start(message)
      case 'answer': {
        const role = this.#isMain ? 'main' : 'subagent'
        const place = { session: this.#session, atMs: this.#lastMs, role, report } as const
        const request = readRequest(message, place)
        if (request !== undefined) emit({ kind: 'request', task: this.#task, request })
        for (const fact of toolFacts(message, this.#task, this.#lastMs, this.#isNewCall)) emit(fact)
        return this.#worked('answered')
      }
      case 'tool_result':
        return emit({ kind: 'seen', task: this.#task, atMs: this.#lastMs })
      case 'error':
        return this.#worked('failed')
      case 'cancelled':
        return this.#worked('interrupted')
      case 'other':
    }
  }

  get #task(): TaskRef {
    return { session: this.#session, prompt: this.#prompt }
  }

  #start(message: JsonRecord): void {
    const id = idIn(message, 'id')
    if (!this.#isMain || id === undefined) return
    this.#prompt = id
    this.#context.emit({
      kind: 'task_start',
      task: this.#task,
      atMs: this.#lastMs,
      project: projectOf(this.#context.relativePath),
      branch: undefined,
      version: undefined,
      isCopy: false,
    })
  }

  #worked(ending: Ending): void {
    this.#context.emit({ kind: 'seen', task: this.#task, atMs: this.#lastMs })
    if (this.#isMain) this.#context.emit({ kind: 'ending', task: this.#task, atMs: this.#lastMs, ending })
  }

  readonly #isNewCall = (callId: string): boolean => {
    if (callId === '' || this.#calls.has(callId)) return false
    this.#calls.add(callId)
    return true
  }
}

function nameOf(relativePath: string): string {
  return relativePath.slice(relativePath.lastIndexOf('/') + 1).replace(/\.jsonl?$/, '')
}

/** The directory of a project is named after it, in older versions by a hash, which is no name. */
function projectOf(relativePath: string): string | undefined {
  const name = relativePath.split('/', 1)[0]
  return name === undefined || /^[0-9a-f]{64}$/.test(name) ? undefined : name
}
