/**
 * Reads the messages of one task of Cline, Roo Code or Kilo Code in VS Code: a list that is written again as a whole.
 *
 * - The directory is the task. A further instruction continues it, unless the work was reported as done before: then it
 *   is a task of its own.
 * - The counts of a request are filled in when its answer has ended; until then, and where it failed, there is no cost.
 * - Restoring a checkpoint removes messages, and leaves one that says what they took. Those requests may be in the ledger
 *   already, so that sum is told as the total of the session: what is beyond the known requests belongs to it.
 */
import type { JsonRecord, ReadContext } from '../importer.ts'
import { isRecord, numberIn, recordIn, textIn } from '../json-fields.ts'
import type { LogFact, ModelTotals, TaskRef } from '../log-facts.ts'
import { parseList } from '../parse-document.ts'
import { addTokens, isZero } from '../tokens.ts'
import { type CountedRequest, modelOf, type ModelInfo, readCounts } from './request-counts.ts'

/** Reports of a summary that made room in the context, by the names of three programs. */
const COMPACTIONS = new Set(['condense', 'condense_context', 'sliding_window_truncation', 'summarize_task'])
const RETRIES = new Set(['api_req_retried', 'error_retry', 'api_req_retry_delayed'])

export function readUiMessages(context: ReadContext, bytes: Buffer): void {
  const messages = parseList(bytes, context.report)
  const session = context.relativePath.split('/').at(-2) ?? context.relativePath
  const teller = new TaskTeller(session, context)
  for (const message of messages) teller.message(message)
  teller.end()
}

class TaskTeller {
  readonly #session: string
  readonly #context: ReadContext
  readonly #counted: CountedRequest[] = []
  #task: TaskRef | undefined
  #model: ModelInfo = { model: 'unknown', provider: 'unknown' }
  #isDone = false
  #hasDeleted = false
  #lastMs = 0

  constructor(session: string, context: ReadContext) {
    this.#session = session
    this.#context = context
  }

  message(message: JsonRecord): void {
    const atMs = numberIn(message, 'ts')
    if (atMs === undefined) return this.#context.report('no_time')
    if (message['partial'] === true) return
    this.#lastMs = Math.max(this.#lastMs, atMs)
    this.#model = modelOf(recordIn(message, 'modelInfo')) ?? this.#model
    const name = message['type'] === 'ask' ? textIn(message, 'ask') : textIn(message, 'say')
    if (this.#task === undefined || (name === 'user_feedback' && this.#isDone)) this.#start(atMs)
    this.#tell(name ?? '', message, atMs)
  }

  end(): void {
    if (!this.#hasDeleted) return
    const totals = new Map<string, ModelTotals>()
    for (const { model, tokens, costUsd } of this.#counted) {
      const sum = totals.get(model)
      totals.set(model, {
        model,
        tokens: sum === undefined ? tokens : addTokens(sum.tokens, tokens),
        costUsd: addCosts(sum === undefined ? 0 : sum.costUsd, costUsd),
      })
    }
    this.#emit({
      kind: 'session_totals',
      session: this.#session,
      atMs: this.#lastMs,
      untilMs: undefined,
      models: [...totals.values()],
    })
  }

  #start(atMs: number): void {
    this.#isDone = false
    this.#task = { session: this.#session, prompt: String(atMs) }
    const task = this.#task
    const facts = { project: undefined, branch: undefined, version: undefined, isCopy: false }
    this.#emit({ kind: 'task_start', task, atMs, ...facts })
  }

  #tell(name: string, message: JsonRecord, atMs: number): void {
    const task = this.#task
    if (task === undefined) return
    if (name === 'api_req_started') return this.#request(task, message, atMs)
    if (name === 'deleted_api_reqs') return this.#deleted(message)
    this.#emit({ kind: 'seen', task, atMs })
    if (COMPACTIONS.has(name)) this.#compaction(task, message, atMs)
    if (RETRIES.has(name)) this.#emit({ kind: 'retry', task })
    if (name === 'api_req_failed') this.#emit({ kind: 'ending', task, atMs, ending: 'failed' })
    if (name === 'completion_result') {
      this.#isDone = true
      this.#emit({ kind: 'ending', task, atMs, ending: 'answered' })
    }
  }

  #request(task: TaskRef, message: JsonRecord, atMs: number): void {
    const said = textRecord(message)
    if (said === undefined) return this.#context.report('not_json')
    const counts = readCounts(said, this.#model, this.#context.report)
    this.#emit({ kind: 'seen', task, atMs })
    if (said['cancelReason'] === 'user_cancelled') {
      this.#emit({ kind: 'ending', task, atMs, ending: 'interrupted' })
    } else if (said['cancelReason'] !== undefined || said['streamingFailedMessage'] !== undefined) {
      this.#emit({ kind: 'ending', task, atMs, ending: 'failed' })
    }
    if (isZero(counts.tokens)) return
    this.#counted.push(counts)
    this.#emit({ kind: 'request', task, request: this.#asRequest(counts, atMs, 'main') })
  }

  #deleted(message: JsonRecord): void {
    const said = textRecord(message)
    if (said === undefined) return this.#context.report('not_json')
    this.#hasDeleted = true
    this.#counted.push(readCounts(said, this.#model, this.#context.report))
  }

  /** Roo and Kilo say what the summary cost, and not what it took. */
  #compaction(task: TaskRef, message: JsonRecord, atMs: number): void {
    this.#emit({ kind: 'compaction', task })
    const costUsd = numberIn(recordIn(message, 'contextCondense'), 'cost')
    if (costUsd === undefined || costUsd <= 0) {
      this.#emit({ kind: 'missing', task, part: 'compaction_request' })
      return
    }
    const tokens = readCounts({}, this.#model, this.#context.report).tokens
    const request = this.#asRequest({ ...this.#model, tokens, costUsd }, atMs, 'compaction')
    this.#emit({ kind: 'request', task, request })
    this.#emit({ kind: 'missing', task, part: 'exact_counts' })
  }

  #asRequest(
    { model, provider, tokens, costUsd }: CountedRequest,
    atMs: number,
    role: 'main' | 'compaction',
  ) {
    return {
      key: { requestId: undefined, responseId: `${this.#session}:${atMs}` },
      atMs,
      model,
      provider,
      tokens,
      role,
      statedCostUsd: costUsd,
    }
  }

  #emit(fact: LogFact): void {
    this.#context.emit(fact)
  }
}

/** What a message says as JSON within its text. */
function textRecord(message: JsonRecord): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(textIn(message, 'text') ?? '')
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function addCosts(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b
}
