/**
 * Reads a transcript of Claude Code: the main file of a session, or the file of one of its subagents.
 *
 * The parser walks the lines in the order of the file (times jump back a little around a compaction) and keeps track
 * of one thing: the prompt that is being worked on. A human prompt starts a task; a notification, an answer to it, a
 * prompt that was queued while the agent worked, and everything a subagent does belong to the task before; a typed
 * `/compact` and other local commands belong to none. The README beside this file has the reasons.
 */
import type { JsonRecord, JsonValue, LineParser, ReadContext } from '../importer.ts'
import { idIn, isRecord, recordIn, recordsIn, textIn } from '../json-fields.ts'
import { type LogFact, type ModelTotals, OVERHEAD, type RequestRole, type TaskRef } from '../log-facts.ts'
import { readCostState } from './cost-state.ts'
import { readResponse } from './message-usage.ts'
import { QueuedPrompts } from './queued-prompts.ts'
import { factsOfResult, type OpenCall, readCalls, subagentEnd, wasRun } from './tool-calls.ts'
import { readLineHead, readUserLine } from './transcript-line.ts'
import type { TranscriptFile } from './transcript-file.ts'

/** Calls without a result that are remembered; a background command may never get one. */
const MAX_OPEN_CALLS = 200

/** Everything that reading on after the last line needs. Stored as JSON, so nothing of it is text of a person. */
interface TranscriptState {
  readonly session: string
  readonly prompt: string
  readonly lastMs: number
  readonly version: string | null
  readonly project: string | null
  readonly branch: string | null
  readonly command: { readonly prompt: string; readonly atMs: number } | null
  readonly calls: readonly OpenCall[]
  readonly queue: readonly boolean[]
  readonly continues: boolean
  readonly totals: { readonly atMs: number; readonly models: readonly ModelTotals[] } | null
}

export class TranscriptParser implements LineParser {
  readonly #file: TranscriptFile
  readonly #emit: (fact: LogFact) => void
  readonly #report: ReadContext['report']
  readonly #calls = new Map<string, OpenCall>()
  readonly #queued: QueuedPrompts
  #session: string
  /** The prompt that is being worked on. */
  #prompt: string
  #lastMs: number
  #version: string | undefined
  #project: string | undefined
  #branch: string | undefined
  /** A slash command that becomes a task if the model answers it. */
  #command: TranscriptState['command']
  /** The last `cost-state`, while nothing has come after it. */
  #totals: TranscriptState['totals']

  constructor(context: ReadContext, file: TranscriptFile, stored: JsonValue | undefined) {
    const state = stored as TranscriptState | undefined
    this.#file = file
    this.#emit = context.emit
    this.#report = context.report
    this.#session = state?.session ?? file.session
    this.#prompt = state?.prompt ?? file.firstPrompt
    this.#lastMs = state?.lastMs ?? 0
    this.#version = state?.version ?? undefined
    this.#project = state?.project ?? undefined
    this.#branch = state?.branch ?? undefined
    this.#command = state?.command ?? null
    this.#totals = state?.totals ?? null
    this.#queued = new QueuedPrompts(state?.queue ?? [], state?.continues ?? false)
    for (const call of state?.calls ?? []) this.#calls.set(call.id, call)
  }

  state(): JsonValue {
    const state: TranscriptState = {
      session: this.#session,
      prompt: this.#prompt,
      lastMs: this.#lastMs,
      version: this.#version ?? null,
      project: this.#project ?? null,
      branch: this.#branch ?? null,
      command: this.#command,
      calls: [...this.#calls.values()],
      queue: this.#queued.waiting,
      continues: this.#queued.nextContinues,
      totals: this.#totals,
    }
    return state as unknown as JsonValue
  }

  record(line: JsonRecord): void {
    switch (line['type']) {
      case 'user':
        this.#readHead(line)
        return this.#user(line)
      case 'assistant':
        this.#readHead(line)
        return this.#assistant(line)
      case 'system':
        this.#readHead(line)
        return this.#system(line)
      case 'cost-state':
        return this.#costState(line)
      case 'queue-operation':
        return this.#queued.note(line['operation'])
      default:
        if (typeof line['type'] !== 'string' || !KNOWN_TYPES.has(line['type'])) this.#report('unknown_type')
    }
  }

  get #task(): TaskRef {
    return { session: this.#session, prompt: this.#prompt, subagent: this.#file.subagent }
  }

  get #overhead(): TaskRef {
    return { session: this.#session, prompt: OVERHEAD }
  }

  #readHead(line: JsonRecord): void {
    const head = readLineHead(line)
    if (head.session !== undefined) this.#session = head.session
    if (head.atMs === undefined) this.#report('no_time')
    else this.#lastMs = head.atMs
    this.#version = head.version ?? this.#version
    this.#project = head.project ?? this.#project
    this.#branch = head.branch ?? this.#branch
    if (this.#totals !== null && head.atMs !== undefined) this.#closeTotals(head.atMs)
  }

  #user(line: JsonRecord): void {
    const { kind } = readUserLine(line)
    if (kind === 'tool_result') return this.#toolResults(line)
    const promptId = idIn(line, 'promptId')
    if (this.#file.subagent !== undefined) {
      if (promptId !== undefined) this.#prompt = promptId
      return
    }
    if (line['isSidechain'] === true) return
    if (kind === 'interruption') return this.#ending('interrupted')
    if (kind === 'program') return

    const id = promptId ?? idIn(line, 'uuid')
    if (id === undefined || id === this.#prompt) return
    this.#command = null
    if (kind === 'notification' || (kind === 'prompt' && this.#queued.takeNextContinues())) {
      this.#emit({ kind: 'also_called', task: this.#task, name: id })
    } else if (kind === 'command') {
      this.#command = { prompt: id, atMs: this.#lastMs }
    } else {
      this.#startTask(id, this.#lastMs, isCopied(line))
    }
  }

  #startTask(prompt: string, atMs: number, isCopy: boolean): void {
    this.#prompt = prompt
    this.#command = null
    this.#emit({
      kind: 'task_start',
      task: this.#task,
      atMs,
      project: this.#project,
      branch: this.#branch,
      version: this.#version,
      isCopy: isCopy || this.#session !== this.#file.session,
    })
  }

  #assistant(line: JsonRecord): void {
    const isSidechain = line['isSidechain'] === true
    const model = recordIn(line, 'message')['model']
    if (line['isApiErrorMessage'] === true || model === '<synthetic>') {
      if (line['isApiErrorMessage'] === true && !isSidechain) this.#ending('failed')
      return
    }
    if (this.#command !== null && !isSidechain) {
      this.#startTask(this.#command.prompt, this.#command.atMs, isCopied(line))
    }
    const request = readResponse(line, this.#placeOf(isSidechain), this.#report)
    if (request !== undefined) this.#emit({ kind: 'request', task: this.#task, request })
    this.#rememberCalls(line)
    this.#worked()
    if (!isSidechain) this.#ending('answered')
  }

  #placeOf(isSidechain: boolean) {
    const { subagent, isCompaction } = this.#file
    const role: RequestRole = isCompaction ? 'compaction' : isSidechain ? 'subagent' : 'main'
    return { atMs: this.#lastMs, role, isSubagentFile: subagent !== undefined, isSidechain }
  }

  #rememberCalls(line: JsonRecord): void {
    for (const call of readCalls(line)) {
      if (call.purpose === 'subagent') this.#emit({ kind: 'also_called', task: this.#task, name: call.id })
      this.#calls.set(call.id, call)
      const [oldest] = this.#calls.keys()
      if (this.#calls.size > MAX_OPEN_CALLS && oldest !== undefined) this.#calls.delete(oldest)
    }
  }

  #toolResults(line: JsonRecord): void {
    const details = recordIn(line, 'toolUseResult')
    for (const item of recordsIn(recordIn(line, 'message'), 'content')) {
      if (item['type'] !== 'tool_result') continue
      const id = idIn(item, 'tool_use_id') ?? ''
      const result = {
        task: this.#task,
        atMs: this.#lastMs,
        failed: item['is_error'] === true,
        wasRun: wasRun(item),
      }
      for (const fact of factsOfResult(result, this.#calls.get(id), details)) this.#emit(fact)
      this.#calls.delete(id)
    }
    for (const fact of subagentEnd(this.#task, details)) this.#emit(fact)
    this.#worked()
  }

  #system(line: JsonRecord): void {
    if (this.#file.subagent !== undefined) return
    if (line['subtype'] === 'compact_boundary') return this.#compaction(line)
    if (line['subtype'] === 'turn_duration' && typeof line['durationMs'] === 'number') {
      this.#emit({ kind: 'turn_duration', task: this.#task, durationMs: Math.max(0, line['durationMs']) })
    }
    if (line['subtype'] === 'api_error' && typeof line['retryAttempt'] === 'number') {
      this.#emit({ kind: 'retry', task: this.#task })
    }
  }

  /** Only a person compacts by hand, and that is no part of a task. */
  #compaction(line: JsonRecord): void {
    const isManual = textIn(recordIn(line, 'compactMetadata'), 'trigger') === 'manual'
    const task = isManual ? this.#overhead : this.#task
    this.#emit({ kind: 'compaction', task })
    this.#emit({ kind: 'missing', task, part: 'compaction_request' })
  }

  #costState(line: JsonRecord): void {
    const models = readCostState(line, this.#report)
    this.#session = idIn(line, 'sessionId') ?? this.#session
    this.#totals = { atMs: this.#lastMs, models }
    this.#emitTotals(this.#totals, undefined)
  }

  /** The session goes on: what follows is not in the totals that were read. */
  #closeTotals(untilMs: number): void {
    if (this.#totals !== null) this.#emitTotals(this.#totals, untilMs)
    this.#totals = null
  }

  #emitTotals(totals: NonNullable<TranscriptState['totals']>, untilMs: number | undefined): void {
    this.#emit({ kind: 'session_totals', session: this.#session, ...totals, untilMs })
  }

  #worked(): void {
    this.#queued.worked()
    this.#emit({ kind: 'seen', task: this.#task, atMs: this.#lastMs })
  }

  #ending(ending: 'answered' | 'interrupted' | 'failed'): void {
    if (this.#file.subagent !== undefined) return
    this.#emit({ kind: 'ending', task: this.#task, atMs: this.#lastMs, ending })
  }
}

function isCopied(line: JsonRecord): boolean {
  return isRecord(line['forkedFrom'])
}

/** Types that are known and say nothing about tasks. */
const KNOWN_TYPES: ReadonlySet<string> = new Set([
  'agent-name',
  'ai-title',
  'api-request',
  'api-request-blob',
  'api-request-shape',
  'atis-latch',
  'attachment',
  'custom-title',
  'file-history-snapshot',
  'last-prompt',
  'mode',
  'permission-mode',
  'pr-link',
  'progress',
  'summary',
  'tools-used',
  'worktree-state',
])
