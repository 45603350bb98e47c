/**
 * Reads aider's chat history, a Markdown file that aider always writes. It has rounded counts and no times but that of
 * each start, so everything from it is marked as not exact.
 *
 * - `# aider chat started at <local time>` begins a run. `#### ` begins a prompt, and the lines of one prompt follow each
 *   other. `> ` is aider itself: the model, the tokens of each message, what it edited.
 * - Prompts and messages are known by the start of their run and their number in it; the file only ever grows.
 * - A second of its own for each prompt keeps them in order; how long they took is not known.
 */
import type { ReadContext } from '../importer.ts'
import { areaOf, languageOf } from '../languages.ts'
import type { LogFact, TaskRef } from '../log-facts.ts'
import { modelName, providerOf } from './aider-model.ts'

const RUN = /^# aider chat started at (\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)/
const MODEL = /^> (?:Main model|Model): (\S+)/
const EDITED = /^> Applied edit to (.+?)\s*$/
const COUNT = String.raw`([\d.,]+[kM]?)`
const TOKENS = new RegExp(
  `^> Tokens: ${COUNT} sent(?:, ${COUNT} cache write)?(?:, ${COUNT} cache hit)?, ${COUNT} received\\.(?:.*Cost: \\$([\\d.,]+) message)?`,
)

export function readChatHistory(context: ReadContext, bytes: Buffer): void {
  const teller = new HistoryTeller(context)
  for (const line of bytes.toString('utf8').split('\n')) teller.line(line)
}

class HistoryTeller {
  readonly #context: ReadContext
  #run = ''
  #startMs = 0
  #prompts = 0
  #messages = 0
  #task: TaskRef | undefined
  #isInPrompt = false
  #model = 'unknown'

  constructor(context: ReadContext) {
    this.#context = context
  }

  line(line: string): void {
    const run = RUN.exec(line)
    if (run !== null) return this.#startRun(run)
    if (this.#run === '') return
    const isPrompt = line.startsWith('#### ')
    if (isPrompt && !this.#isInPrompt) this.#startTask()
    this.#isInPrompt = isPrompt
    if (!line.startsWith('> ')) return

    this.#model = modelName(MODEL.exec(line)?.[1] ?? this.#model)
    const task = this.#task
    if (task === undefined) return
    const tokens = TOKENS.exec(line)
    if (tokens !== null) return this.#message(task, tokens)
    const path = EDITED.exec(line)?.[1]
    if (path !== undefined) {
      const file = { language: languageOf(path), area: areaOf(path) }
      this.#emit({ kind: 'edit', task, ...file, linesAdded: 0, linesRemoved: 0 })
    }
    const atMs = this.#nowMs
    if (line.includes('KeyboardInterrupt')) this.#emit({ kind: 'ending', task, atMs, ending: 'interrupted' })
    if (/^> litellm\.\w*Error/.test(line)) this.#emit({ kind: 'ending', task, atMs, ending: 'failed' })
  }

  get #nowMs(): number {
    return this.#startMs + this.#prompts * 1000
  }

  /** The time is local, as is this machine's clock; a run that began twice in a second is one. */
  #startRun(match: RegExpExecArray): void {
    const [year = 0, month = 1, ...rest] = match.slice(1).map(Number)
    const [day = 1, hour = 0, minute = 0, second = 0] = rest
    this.#startMs = new Date(year, month - 1, day, hour, minute, second).getTime()
    this.#run = `chat-${match.slice(1).join('')}`
    this.#prompts = 0
    this.#messages = 0
    this.#task = undefined
    this.#isInPrompt = false
  }

  #startTask(): void {
    this.#prompts++
    const task = { session: this.#run, prompt: `${this.#run}:${this.#prompts}` }
    this.#task = task
    const nothing = { project: undefined, branch: undefined, version: undefined }
    this.#emit({ kind: 'task_start', task, atMs: this.#nowMs, ...nothing, isCopy: false })
    this.#emit({ kind: 'missing', task, part: 'exact_counts' })
  }

  #message(task: TaskRef, [, sent, written, hit, received, cost]: RegExpExecArray): void {
    this.#messages++
    const cacheWrite5m = readCount(written)
    const costUsd = cost === undefined ? undefined : Number(cost.replaceAll(',', ''))
    this.#emit({
      kind: 'request',
      task,
      request: {
        key: { requestId: undefined, responseId: `${this.#run}:message-${this.#messages}` },
        atMs: this.#nowMs,
        model: this.#model,
        provider: providerOf(this.#model),
        tokens: {
          // What was written to the cache was sent, what was found there was not.
          freshInput: Math.max(0, readCount(sent) - cacheWrite5m),
          cacheRead: readCount(hit),
          cacheWrite5m,
          cacheWrite1h: 0,
          output: readCount(received),
          reasoning: 0,
        },
        role: 'main',
        statedCostUsd: costUsd !== undefined && costUsd > 0 ? costUsd : undefined,
      },
    })
    this.#emit({ kind: 'seen', task, atMs: this.#nowMs })
    this.#emit({ kind: 'ending', task, atMs: this.#nowMs, ending: 'answered' })
  }

  #emit(fact: LogFact): void {
    this.#context.emit(fact)
  }
}

/** `1.3k` is 1300; whole below a thousand. */
function readCount(text: string | undefined): number {
  if (text === undefined) return 0
  const factor = text.endsWith('M') ? 1_000_000 : text.endsWith('k') ? 1000 : 1
  const number = Number(text.replace(/[kM]$/, '').replaceAll(',', ''))
  return Number.isFinite(number) ? Math.round(number * factor) : 0
}
