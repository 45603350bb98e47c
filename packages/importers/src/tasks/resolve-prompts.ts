/**
 * Finds out which task each name in a session stands for.
 *
 * A prompt stands for itself; a tool call or a notification for what the log says it is also called; a subagent that no
 * log connects, for the task that was under way when it first asked. What remains belongs to the session alone. A prompt
 * that was copied into several sessions, when one was resumed or forked, is one task: that of the original, or of the
 * first by id where the logs cannot tell.
 */
import { isUuid } from '@mosaicstack/telemetry-client/protocol'

import { isSubagentName } from '../log-facts.ts'
import type { SqliteDriver, SqliteRow, SqliteStatement } from '../ledger/sqlite-driver.ts'

/** A chain of names is two or three long; a circle would be longer. */
const MAX_STEPS = 12

interface Prompt {
  readonly promptNo: number
  readonly prompt: string
  readonly startedMs: number | null
  readonly alsoCalled: number | null
  readonly taskNo: number | null
}

export class PromptResolver {
  readonly #prompts: SqliteStatement
  readonly #copied: SqliteStatement
  readonly #original: SqliteStatement
  readonly #firstSubagentRequest: SqliteStatement
  readonly #store: SqliteStatement
  readonly #sessionOf: SqliteStatement

  constructor(database: SqliteDriver) {
    this.#prompts = database.prepare(
      'SELECT prompt_no, prompt, started_ms, also_called, task_no FROM prompts WHERE session_no = ?',
    )
    this.#copied = database.prepare(
      `SELECT p.prompt_no FROM prompts p JOIN prompts q
         ON q.prompt = p.prompt AND q.started_ms IS NOT NULL AND q.prompt_no <> p.prompt_no
       WHERE p.session_no = ? AND p.started_ms IS NOT NULL`,
    )
    this.#original = database.prepare(
      `SELECT p.prompt_no FROM prompts p JOIN sessions s USING (session_no)
       WHERE p.prompt = ? AND p.started_ms IS NOT NULL
         AND s.harness = (SELECT harness FROM sessions WHERE session_no = ?)
       ORDER BY p.is_copy, p.started_ms, s.session LIMIT 1`,
    )
    this.#firstSubagentRequest = database.prepare(
      "SELECT min(at_ms) AS at_ms FROM requests WHERE prompt_no = ? AND role IN ('subagent', 'compaction')",
    )
    this.#store = database.prepare('UPDATE prompts SET task_no = ? WHERE prompt_no = ?')
    this.#sessionOf = database.prepare('SELECT session_no FROM prompts WHERE prompt_no = ?')
  }

  /** @returns the other sessions that gained or lost requests by it. */
  resolve(sessionNo: number): ReadonlySet<number> {
    const prompts = this.#prompts.all(sessionNo).map(readPrompt)
    const byNo = new Map(prompts.map((prompt) => [prompt.promptNo, prompt]))
    const starts = prompts.filter((prompt) => prompt.startedMs !== null)
    const copied = new Set(this.#copied.all(sessionNo).map((row) => Number(row['prompt_no'])))
    const affected = new Set<number>()
    for (const prompt of prompts) {
      const start = this.#follow(prompt, byNo) ?? this.#byTime(prompt, starts)
      const isCopied = start !== undefined && copied.has(start.promptNo)
      const taskNo = isCopied ? this.#originalOf(start, sessionNo) : (start?.promptNo ?? null)
      if (taskNo === prompt.taskNo) continue
      this.#store.run(taskNo, prompt.promptNo)
      for (const changed of [taskNo, prompt.taskNo]) {
        if (changed !== null) affected.add(Number(this.#sessionOf.get(changed)?.['session_no']))
      }
    }
    affected.delete(sessionNo)
    return affected
  }

  #follow(prompt: Prompt, byNo: ReadonlyMap<number, Prompt>): Prompt | undefined {
    let here: Prompt | undefined = prompt
    for (let step = 0; step < MAX_STEPS && here !== undefined; step++) {
      if (here.startedMs !== null) return here
      here = here.alsoCalled === null ? undefined : byNo.get(here.alsoCalled)
    }
    return undefined
  }

  #byTime(prompt: Prompt, starts: readonly Prompt[]): Prompt | undefined {
    if (!isSubagentName(prompt.prompt) || starts.length === 0) return undefined
    const atMs = this.#firstSubagentRequest.get(prompt.promptNo)?.['at_ms']
    if (typeof atMs !== 'number') return undefined
    let latest: Prompt | undefined
    for (const start of starts) {
      const isUnderWay = (start.startedMs ?? 0) <= atMs
      if (isUnderWay && (latest === undefined || isAfter(start, latest))) latest = start
    }
    return latest
  }

  #originalOf(start: Prompt, sessionNo: number): number {
    if (!isUuid(start.prompt)) return start.promptNo
    return Number(this.#original.get(start.prompt, sessionNo)?.['prompt_no'] ?? start.promptNo)
  }
}

function isAfter(a: Prompt, b: Prompt): boolean {
  const [aMs, bMs] = [a.startedMs ?? 0, b.startedMs ?? 0]
  return aMs > bMs || (aMs === bMs && a.prompt > b.prompt)
}

function readPrompt(row: SqliteRow): Prompt {
  return {
    promptNo: Number(row['prompt_no']),
    prompt: String(row['prompt']),
    startedMs: row['started_ms'] as number | null,
    alsoCalled: row['also_called'] as number | null,
    taskNo: row['task_no'] as number | null,
  }
}
