/**
 * Reads aider's analytics log, one event a line. It names no session and no prompt, so:
 *
 * - A run is what follows `launched` until the next; before the first, a day stands for a run.
 * - A task is a message that was sent, with the messages that aider sends by itself after it, because a check failed or
 *   an edit did not fit. Those follow within a few seconds, in which nobody types a prompt.
 * - A message is known by its time and by the cost of its run so far. Times are whole seconds.
 */
import type { JsonRecord, JsonValue, LineParser, ReadContext } from '../importer.ts'
import { countIn, idIn, numberIn, recordIn } from '../json-fields.ts'
import { OVERHEAD, type TaskRef } from '../log-facts.ts'
import { modelName, providerOf } from './aider-model.ts'

/** From the end of a message to the beginning of one that aider sends because of it. */
const REFLECTION_WITHIN_MS = 3000

interface State {
  readonly run: string
  readonly prompt: string
  readonly startingMs: number
  readonly lastSendMs: number
  readonly isReflection: boolean
}

export class AnalyticsParser implements LineParser {
  readonly #context: ReadContext
  #run: string
  #prompt: string
  /** When the message that is being sent was begun; 0 where the log does not say. */
  #startingMs: number
  #lastSendMs: number
  #isReflection: boolean

  constructor(context: ReadContext, stored: JsonValue | undefined) {
    const state = stored as State | undefined
    this.#context = context
    this.#run = state?.run ?? ''
    this.#prompt = state?.prompt ?? OVERHEAD
    this.#startingMs = state?.startingMs ?? 0
    this.#lastSendMs = state?.lastSendMs ?? 0
    this.#isReflection = state?.isReflection ?? false
  }

  state(): JsonValue {
    return {
      run: this.#run,
      prompt: this.#prompt,
      startingMs: this.#startingMs,
      lastSendMs: this.#lastSendMs,
      isReflection: this.#isReflection,
    }
  }

  record(line: JsonRecord): void {
    const seconds = numberIn(line, 'time')
    if (seconds === undefined) return this.#context.report('no_time')
    const atMs = seconds * 1000
    switch (line['event']) {
      case 'launched':
        this.#run = `run-${seconds}`
        this.#lastSendMs = 0
        return
      case 'message_send_starting':
        this.#isReflection = this.#lastSendMs > 0 && atMs - this.#lastSendMs <= REFLECTION_WITHIN_MS
        this.#startingMs = atMs
        return
      case 'message_send':
        return this.#sent(recordIn(line, 'properties'), seconds)
      case 'message_send_exception':
        if (this.#prompt === OVERHEAD) return
        return this.#context.emit({ kind: 'ending', task: this.#task(atMs), atMs, ending: 'failed' })
      case undefined:
        return this.#context.report('unknown_type')
      default:
        // A command was typed: what is sent next is no repair of what was sent before.
        if (String(line['event']).startsWith('command_')) this.#lastSendMs = 0
    }
  }

  #task(atMs: number): TaskRef {
    const day = new Date(atMs).toISOString().slice(0, 10)
    return { session: this.#run === '' ? `day-${day}` : this.#run, prompt: this.#prompt }
  }

  #sent(properties: JsonRecord, seconds: number): void {
    const { emit, report } = this.#context
    const atMs = seconds * 1000
    const id = `${seconds}:${String(properties['total_cost'] ?? '')}`
    const isReflection = this.#isReflection && this.#prompt !== OVERHEAD
    if (!isReflection) this.#prompt = id
    const task = this.#task(atMs)
    if (isReflection) emit({ kind: 'retry', task })
    else this.#start(task, properties, this.#startingMs > 0 ? Math.min(this.#startingMs, atMs) : atMs)

    const model = modelName(idIn(properties, 'main_model'))
    const costUsd = numberIn(properties, 'cost')
    const tokens = {
      freshInput: countIn(properties, 'prompt_tokens', report),
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: countIn(properties, 'completion_tokens', report),
      reasoning: 0,
    }
    emit({
      kind: 'request',
      task,
      request: {
        key: { requestId: undefined, responseId: `${id}:${tokens.freshInput}:${tokens.output}` },
        atMs,
        model,
        provider: providerOf(model),
        tokens,
        role: 'main',
        statedCostUsd: costUsd !== undefined && costUsd > 0 ? costUsd : undefined,
      },
    })
    emit({ kind: 'seen', task, atMs })
    emit({ kind: 'ending', task, atMs, ending: 'answered' })
    this.#lastSendMs = atMs
    this.#startingMs = 0
    this.#isReflection = false
  }

  #start(task: TaskRef, properties: JsonRecord, atMs: number): void {
    this.#context.emit({
      kind: 'task_start',
      task,
      atMs,
      project: undefined,
      branch: undefined,
      version: idIn(properties, 'aider_version'),
      isCopy: false,
    })
  }
}
