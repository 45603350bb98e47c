/**
 * Reads a rollout of the Codex CLI: one thread, which may be the one that a person talks to or a subagent's.
 *
 * A turn is a task. Usage comes from `token_usage_record` where the version writes it, else from the differences of the
 * running totals in `token_count`. A thread that starts from a copy of another one's history repeats that history; its
 * requests are recognised by response id, or by thread and running total, so that a copy counts once in any order of
 * reading. The README beside this file has the reasons.
 */
import type { JsonRecord, JsonValue, LineParser, ReadContext } from '../importer.ts'
import { idIn, isRecord, recordIn, timeIn } from '../json-fields.ts'
import { type LogFact, subagentName, type TaskRef } from '../log-facts.ts'
import { factsOfOutput, type OpenCodexCall, readCodexCall } from './codex-calls.ts'
import { readThread, type Thread } from './thread.ts'
import {
  type CodexUsage,
  isSameUsage,
  NO_USAGE,
  readUsage,
  toTokens,
  usageBetween,
  usageName,
} from './token-usage.ts'

const MAX_OPEN_CALLS = 200

interface RolloutState {
  readonly thread: Thread | null
  /** The thread whose running totals these are: the first ancestor whose history was copied. */
  readonly totalsOf: string | null
  readonly turn: string | null
  readonly contextTurn: string | null
  /** Between `task_started` and its end: a prompt typed now continues the turn. */
  readonly isTurnOpen: boolean
  /** When a prompt was typed that no turn has taken up yet. */
  readonly promptMs: number | null
  readonly prompts: number
  readonly model: string
  readonly contextWindow: number | null
  readonly isFast: boolean
  readonly lastMs: number
  readonly totals: CodexUsage
  readonly hasRecords: boolean
  /** Of this turn. */
  readonly compactions: { readonly lines: number; readonly events: number }
  readonly calls: readonly OpenCodexCall[]
}

const FRESH: RolloutState = {
  thread: null,
  totalsOf: null,
  turn: null,
  contextTurn: null,
  isTurnOpen: false,
  promptMs: null,
  prompts: 0,
  model: 'unknown',
  contextWindow: null,
  isFast: false,
  lastMs: 0,
  totals: NO_USAGE,
  hasRecords: false,
  compactions: { lines: 0, events: 0 },
  calls: [],
}

export class RolloutParser implements LineParser {
  readonly #emit: (fact: LogFact) => void
  readonly #report: ReadContext['report']
  readonly #fileThread: string
  #state: RolloutState

  constructor(context: ReadContext, stored: JsonValue | undefined) {
    this.#emit = context.emit
    this.#report = context.report
    this.#fileThread =
      /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/.exec(context.path)?.[1] ?? 'unknown'
    this.#state = (stored as RolloutState | undefined) ?? FRESH
  }

  state(): JsonValue {
    return this.#state as unknown as JsonValue
  }

  record(line: JsonRecord): void {
    const type = line['type']
    const payload = recordIn(line, 'payload')
    if (type === 'session_meta') return this.#sessionMeta(payload)
    if (this.#isCopiedHistory(line)) return
    const atMs = timeIn(line, 'timestamp')
    if (atMs !== undefined) this.#set({ lastMs: atMs })
    switch (type) {
      case 'turn_context':
        return this.#turnContext(payload)
      case 'event_msg':
        return this.#event(payload)
      case 'token_usage_record':
        return this.#usageRecord(payload)
      case 'response_item':
        return this.#responseItem(payload)
      case 'compacted':
        return this.#compaction('lines')
      case 'world_state':
      case 'inter_agent_communication_metadata':
        return
      default:
        this.#report('unknown_type')
    }
  }

  #set(changes: Partial<RolloutState>): void {
    this.#state = { ...this.#state, ...changes }
  }

  /** The first one is this thread's; those of a copied history follow at once and say whose totals are repeated. */
  #sessionMeta(payload: JsonRecord): void {
    if (this.#state.thread === null) {
      const thread = readThread(payload, this.#fileThread)
      return this.#set({ thread, totalsOf: thread.isFork ? thread.root : thread.id })
    }
    if (isSameUsage(this.#state.totals, NO_USAGE)) {
      this.#set({ totalsOf: idIn(payload, 'id') ?? this.#state.totalsOf })
    }
  }

  #isCopiedHistory(line: JsonRecord): boolean {
    const ordinal = line['ordinal']
    const historyEnd = this.#state.thread?.historyEnd ?? 0
    return typeof ordinal === 'number' && ordinal > 0 && ordinal < historyEnd
  }

  get #thread(): Thread {
    return this.#state.thread ?? readThread({}, this.#fileThread)
  }

  /** A subagent's work belongs to the turn that was under way in its parent; the ledger finds it by the time. */
  get #task(): TaskRef {
    const { id, isSubagent, root } = this.#thread
    if (isSubagent) return { session: root, prompt: subagentName(id), subagent: id }
    return { session: id, prompt: this.#state.turn ?? '' }
  }

  #turnContext(payload: JsonRecord): void {
    this.#set({
      model: idIn(payload, 'model') ?? this.#state.model,
      contextTurn: idIn(payload, 'turn_id') ?? null,
    })
  }

  #event(payload: JsonRecord): void {
    switch (payload['type']) {
      case 'task_started':
        return this.#taskStarted(payload)
      case 'user_message':
        return this.#userMessage()
      case 'token_count':
        return this.#tokenCount(payload)
      case 'task_complete':
        return this.#end(payload, isRecord(payload['error']) ? 'failed' : 'answered')
      case 'turn_aborted':
        return this.#end(payload, 'interrupted')
      case 'context_compacted':
        return this.#compaction('events')
      case 'stream_error':
        return this.#emit({ kind: 'retry', task: this.#task })
      case 'thread_settings_applied':
        return this.#settings(recordIn(payload, 'thread_settings'))
      default:
    }
  }

  #userMessage(): void {
    if (!this.#state.isTurnOpen) this.#set({ promptMs: this.#state.lastMs, prompts: this.#state.prompts + 1 })
  }

  #settings(settings: JsonRecord): void {
    const tier = settings['service_tier']
    this.#set({ isFast: tier === 'priority' || tier === 'fast' })
  }

  #taskStarted(payload: JsonRecord): void {
    const contextWindow = payload['model_context_window']
    if (typeof contextWindow === 'number' && contextWindow > 0) this.#set({ contextWindow })
    const turn = idIn(payload, 'turn_id')
    if (turn !== undefined) {
      this.#startTurn(turn)
      this.#set({ isTurnOpen: true })
    }
    const rootTurn = idIn(payload, 'root_turn_id')
    if (this.#thread.isSubagent && rootTurn !== undefined) this.#connectToRoot(rootTurn)
  }

  /** 0.169 says to which turn of the person's thread a subagent belongs. */
  #connectToRoot(rootTurn: string): void {
    const { session, prompt } = this.#task
    this.#emit({ kind: 'also_called', task: { session, prompt: rootTurn }, name: prompt })
  }

  #startTurn(turn: string): void {
    if (turn === this.#state.turn) return
    const atMs = this.#state.promptMs ?? this.#state.lastMs
    this.#set({ turn, promptMs: null, compactions: FRESH.compactions })
    const { isSubagent, project, branch, version, isFork } = this.#thread
    if (isSubagent) return
    this.#emit({
      kind: 'task_start',
      task: this.#task,
      atMs,
      project: project ?? undefined,
      branch: branch ?? undefined,
      version: version ?? undefined,
      isCopy: isFork && this.#state.totalsOf !== this.#thread.id && isSameUsage(this.#state.totals, NO_USAGE),
    })
  }

  /** Versions without `task_started`: a task begins when the model answers a prompt. */
  #worked(): void {
    if (this.#state.promptMs !== null) {
      this.#startTurn(this.#state.contextTurn ?? `${this.#thread.id}#${this.#state.prompts}`)
    }
    this.#emit({ kind: 'seen', task: this.#task, atMs: this.#state.lastMs })
  }

  #usageRecord(payload: JsonRecord): void {
    const responseId = idIn(payload, 'response_id')
    const usage = payload['usage']
    if (responseId === undefined || !isRecord(usage)) return this.#report('no_usage')
    this.#set({ hasRecords: true })
    this.#worked()
    this.#request(responseId, readUsage(usage, this.#report))
  }

  #tokenCount(payload: JsonRecord): void {
    const info = payload['info']
    // `null` is an update of the rate limits.
    if (!isRecord(info)) return
    const window = info['model_context_window']
    if (typeof window === 'number' && window > 0) this.#set({ contextWindow: window })
    const before = this.#state.totals
    const totals = readUsage(recordIn(info, 'total_token_usage'), this.#report)
    if (isSameUsage(before, totals)) return
    this.#set({ totals })
    if (this.#state.hasRecords) return
    this.#worked()
    const last = readUsage(recordIn(info, 'last_token_usage'), this.#report)
    this.#request(
      `${this.#state.totalsOf ?? this.#thread.id}:${usageName(totals)}`,
      usageBetween(before, totals, last),
    )
  }

  #request(responseId: string, usage: CodexUsage): void {
    if (isSameUsage(usage, NO_USAGE)) return
    const { isSubagent, provider } = this.#thread
    this.#emit({
      kind: 'request',
      task: this.#task,
      request: {
        key: { requestId: undefined, responseId },
        atMs: this.#state.lastMs,
        model: this.#state.model,
        provider,
        tokens: toTokens(usage),
        role: isSubagent ? 'subagent' : 'main',
        contextWindow: this.#state.contextWindow ?? undefined,
        isFast: this.#state.isFast,
        isSidechainCopy: isSubagent,
      },
    })
  }

  #responseItem(payload: JsonRecord): void {
    switch (payload['type']) {
      case 'function_call':
      case 'custom_tool_call':
        return this.#rememberCall(readCodexCall(payload))
      case 'function_call_output':
      case 'custom_tool_call_output':
        return this.#output(payload)
      default:
    }
  }

  #rememberCall(call: OpenCodexCall | undefined): void {
    if (call === undefined) return
    this.#set({ calls: [...this.#state.calls, call].slice(-MAX_OPEN_CALLS) })
  }

  #output(payload: JsonRecord): void {
    this.#worked()
    const id = idIn(payload, 'call_id')
    const call = this.#state.calls.find((open) => open.id === id)
    const facts = factsOfOutput(this.#task, this.#state.lastMs, call, payload['output'])
    for (const fact of facts) this.#emit(fact)
    if (call !== undefined) this.#set({ calls: this.#state.calls.filter((open) => open !== call) })
  }

  /** A compaction is written as a line, as an event, or as both. */
  #compaction(which: 'lines' | 'events'): void {
    const before = this.#state.compactions
    const compactions = { ...before, [which]: before[which] + 1 }
    this.#set({ compactions })
    const isNew = compactions[which] > Math.max(before.lines, before.events)
    if (isNew) this.#emit({ kind: 'compaction', task: this.#task })
  }

  #end(payload: JsonRecord, ending: 'answered' | 'interrupted' | 'failed'): void {
    const turn = idIn(payload, 'turn_id')
    if (this.#thread.isSubagent || (turn !== undefined && turn !== this.#state.turn)) return
    this.#set({ isTurnOpen: false })
    const task = this.#task
    this.#emit({ kind: 'seen', task, atMs: this.#state.lastMs })
    this.#emit({ kind: 'ending', task, atMs: this.#state.lastMs, ending })
    const durationMs = payload['duration_ms']
    if (typeof durationMs === 'number' && durationMs > 0)
      this.#emit({ kind: 'turn_duration', task, durationMs })
  }
}
