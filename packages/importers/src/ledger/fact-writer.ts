import type { SessionTotalsFact, TaskRef, TaskStartFact } from '../log-facts.ts'
import { type Activity, addActivity } from '../tasks/activity.ts'
import type { GatheredFacts, OtherFact } from './gathered-facts.ts'
import type { Names } from './names.ts'
import type { RequestRows } from './request-rows.ts'
import type { SqliteDriver, SqliteStatement } from './sqlite-driver.ts'

/** What the facts were read from. */
export interface FactSource {
  readonly harness: string
  readonly fileNo: number
}

/**
 * Stores what was gathered from a stretch of a file. Storing it and the place that reading has reached is one transaction
 * of the caller's, so a crash loses both or neither.
 */
export class FactWriter {
  readonly #names: Names
  readonly #requests: RequestRows
  readonly #statements: Statements

  constructor(database: SqliteDriver, names: Names, requests: RequestRows) {
    this.#names = names
    this.#requests = requests
    this.#statements = prepareStatements(database)
  }

  /** Call it within a transaction. */
  store(source: FactSource, { others, activities, requests }: GatheredFacts): void {
    const dirty = new Set<number>()
    for (const fact of others) dirty.add(this.#storeOther(source, fact))
    for (const { task, activity } of activities) dirty.add(this.#storeActivity(source, task, activity))
    for (const sessionNo of this.#requests.putAll(source.harness, requests)) dirty.add(sessionNo)
    for (const sessionNo of dirty) this.#statements.markDirty.run(sessionNo)
  }

  #storeOther(source: FactSource, fact: OtherFact): number {
    const session = 'session' in fact ? fact.session : fact.task.session
    const sessionNo = this.#names.session(source.harness, session)
    switch (fact.kind) {
      case 'task_start':
        this.#storeStart(sessionNo, fact)
        break
      case 'also_called':
        this.#statements.alsoCalled.run(
          this.#names.prompt(sessionNo, fact.task.prompt),
          this.#names.prompt(sessionNo, fact.name),
          fact.task.prompt,
        )
        break
      case 'subagent_end':
        this.#statements.subagentEnd.run(sessionNo, fact.subagent, fact.outputTokens)
        break
      case 'session_totals':
        this.#storeTotals(source, sessionNo, fact)
        break
      case 'session_reset':
        this.#statements.reset.run(source.fileNo, sessionNo)
        break
    }
    return sessionNo
  }

  #storeStart(sessionNo: number, fact: TaskStartFact): void {
    const promptNo = this.#names.prompt(sessionNo, fact.task.prompt)
    this.#statements.start.run(fact.atMs, fact.atMs, fact.isCopy ? 1 : 0, promptNo)
    // A copy of the prompt in another session may make that one's task ours, or ours that one's.
    this.#statements.markCousins.run(fact.task.prompt, sessionNo)
  }

  #storeTotals(source: FactSource, sessionNo: number, fact: SessionTotalsFact): void {
    this.#statements.totals.run(
      sessionNo,
      source.fileNo,
      fact.atMs,
      fact.untilMs ?? null,
      JSON.stringify(fact.models),
    )
  }

  #storeActivity(source: FactSource, task: TaskRef, activity: Activity): number {
    const sessionNo = this.#names.session(source.harness, task.session)
    const key = [source.fileNo, this.#names.prompt(sessionNo, task.prompt), task.subagent ?? ''] as const
    const known = this.#statements.findActivity.get(...key)?.['activity']
    let sum = activity
    if (typeof known === 'string') {
      sum = JSON.parse(known) as Activity
      addActivity(sum, activity)
    }
    this.#statements.putActivity.run(...key, JSON.stringify(sum))
    return sessionNo
  }
}

interface Statements {
  readonly markDirty: SqliteStatement
  readonly markCousins: SqliteStatement
  readonly start: SqliteStatement
  readonly alsoCalled: SqliteStatement
  readonly subagentEnd: SqliteStatement
  readonly totals: SqliteStatement
  readonly reset: SqliteStatement
  readonly findActivity: SqliteStatement
  readonly putActivity: SqliteStatement
}

function prepareStatements(database: SqliteDriver): Statements {
  return {
    markDirty: database.prepare('UPDATE sessions SET is_dirty = 1 WHERE session_no = ? AND is_dirty = 0'),
    markCousins: database.prepare(
      `UPDATE sessions SET is_dirty = 1 WHERE is_dirty = 0 AND session_no IN
         (SELECT session_no FROM prompts WHERE prompt = ? AND started_ms IS NOT NULL AND session_no <> ?)`,
    ),
    start: database.prepare(
      `UPDATE prompts SET
         started_ms = min(coalesce(started_ms, ?), ?),
         is_copy = min(CASE WHEN started_ms IS NULL THEN 1 ELSE is_copy END, ?)
       WHERE prompt_no = ?`,
    ),
    // Where two logs disagree, the ids decide: the order of reading must not.
    alsoCalled: database.prepare(
      `UPDATE prompts SET also_called = ? WHERE prompt_no = ? AND (also_called IS NULL OR
         (SELECT named.prompt FROM prompts named WHERE named.prompt_no = prompts.also_called) > ?)`,
    ),
    subagentEnd: database.prepare(
      `INSERT INTO subagent_ends (session_no, subagent, output) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET output = max(output, excluded.output)`,
    ),
    totals: database.prepare(
      `INSERT INTO session_totals (session_no, file_no, at_ms, until_ms, models) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, until_ms = excluded.until_ms, models = excluded.models`,
    ),
    reset: database.prepare(
      `DELETE FROM stretches WHERE file_no = ? AND prompt_no IN
         (SELECT prompt_no FROM prompts WHERE session_no = ?)`,
    ),
    findActivity: database.prepare(
      'SELECT activity FROM stretches WHERE file_no = ? AND prompt_no = ? AND subagent = ?',
    ),
    putActivity: database.prepare(
      `INSERT INTO stretches (file_no, prompt_no, subagent, activity) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET activity = excluded.activity`,
    ),
  }
}
