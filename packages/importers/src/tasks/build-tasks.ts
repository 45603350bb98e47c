/**
 * Turns stored facts into tasks. A task is a pure function of the facts about it, so building can be repeated, or cut
 * off and taken up again: a session stays marked as dirty until the transaction that built its tasks is committed.
 */
import type { MissingPart } from '../log-facts.ts'
import type { Names } from '../ledger/names.ts'
import type { SqliteDriver, SqliteRow, SqliteStatement } from '../ledger/sqlite-driver.ts'
import { transaction } from '../ledger/transaction.ts'
import type { PriceTable } from '../pricing/price-table.ts'
import { type Activity, addActivity, noActivity } from './activity.ts'
import { SubagentRepair } from './repair-subagents.ts'
import { readSum, type RequestSum, SUM_COLUMNS, SUM_GROUPS } from './request-sums.ts'
import { PromptResolver } from './resolve-prompts.ts'
import { SessionRemainder } from './session-remainder.ts'
import { completenessOf, summariseTask } from './summarise-task.ts'
import type { TaskRecord } from './task-record.ts'

const SESSIONS_PER_TRANSACTION = 200

interface Session {
  readonly sessionNo: number
  readonly harness: string
  readonly session: string
}

export class TaskBuilder {
  readonly #database: SqliteDriver
  readonly #resolver: PromptResolver
  readonly #repair: SubagentRepair
  readonly #remainder: SessionRemainder
  readonly #prices: PriceTable
  readonly #statements: Statements

  constructor(database: SqliteDriver, names: Names, prices: PriceTable) {
    this.#database = database
    this.#prices = prices
    this.#resolver = new PromptResolver(database)
    this.#repair = new SubagentRepair(database, prices)
    this.#remainder = new SessionRemainder(database, names, prices)
    this.#statements = prepareStatements(database)
  }

  /** Builds the tasks of every session that has changed. */
  buildChanged(): void {
    for (;;) {
      const dirty = this.#statements.dirty.all(SESSIONS_PER_TRANSACTION).map(readSession)
      if (dirty.length === 0) return
      transaction(this.#database, () => this.#buildAll(dirty))
    }
  }

  #buildAll(sessions: readonly Session[]): void {
    // Clean first: resolving one session may make another one dirty again, also one of these.
    for (const { sessionNo } of sessions) this.#statements.clean.run(sessionNo)
    for (const { sessionNo } of sessions) {
      this.#repair.repair(sessionNo)
      for (const other of this.#resolver.resolve(sessionNo)) this.#statements.soil.run(other)
    }
    for (const session of sessions) {
      this.#remainder.renew(session.harness, session.session, session.sessionNo)
      this.#buildSession(session)
    }
  }

  #buildSession(session: Session): void {
    const requests = groupBy(this.#statements.requests.all(session.sessionNo))
    const stretches = groupBy(this.#statements.stretches.all(session.sessionNo))
    const starts = this.#statements.starts.all(session.sessionNo)
    const stale = new Set(this.#statements.built.all(session.sessionNo).map((row) => Number(row['task_no'])))
    for (const [index, start] of starts.entries()) {
      const taskNo = Number(start['prompt_no'])
      const task = summariseTask({
        harness: session.harness,
        session: session.session,
        prompt: String(start['prompt']),
        startedAtMs: Number(start['started_ms']),
        hasSuccessor: index < starts.length - 1,
        activity: activityOf(stretches.get(taskNo) ?? []),
        requests: (requests.get(taskNo) ?? []).map(readSum),
        contextWindow: (sum) => this.#contextWindow(sum),
      })
      this.#store(taskNo, session, task)
      stale.delete(taskNo)
    }
    for (const taskNo of stale) this.#statements.drop.run(taskNo)
    this.#statements.putMissing.run(JSON.stringify(this.#missingApart(session.sessionNo)), session.sessionNo)
  }

  /** What is missing from the session apart from its tasks; the agent's own totals make up for it. */
  #missingApart(sessionNo: number): readonly MissingPart[] {
    const activity = activityOf(this.#statements.stretchesApart.all(sessionNo))
    const requests = this.#statements.requestsApart.all(sessionNo).map(readSum)
    const hasTotals = this.#statements.openTotals.get(sessionNo) !== undefined
    return hasTotals ? [] : completenessOf(activity, requests).missing
  }

  /** Anthropic's logs do not say the window: 200,000 tokens, unless a request was larger or the model is known to be. */
  #contextWindow({
    model,
    provider,
    lastMs,
    contextWindow,
    peakContextTokens,
  }: RequestSum): number | undefined {
    if (contextWindow !== undefined) return contextWindow
    if (/\[1m\]$/i.test(model)) return 1_000_000
    if (provider === 'anthropic' || model.includes('claude')) {
      return peakContextTokens > 200_000 ? 1_000_000 : 200_000
    }
    return this.#prices.contextWindow({ model, provider, atMs: lastMs })
  }

  #store(taskNo: number, { sessionNo }: Session, task: TaskRecord): void {
    this.#statements.put.run(
      taskNo,
      sessionNo,
      task.eventId,
      task.startedAtMs,
      task.endedAtMs,
      task.project ?? null,
      task.branch ?? null,
      task.taskType,
      task.hasSuccessor ? 1 : 0,
      JSON.stringify(task),
    )
  }
}

/**
 * One task may be in several files: the thread that a person talked to, its subagents, and copies of both. Of each
 * thread the most advanced file speaks; the threads add up.
 */
function activityOf(stretches: readonly SqliteRow[]): Activity {
  const threads = new Map<string, Map<string, Activity>>()
  for (const row of stretches) {
    const files = threads.get(String(row['subagent'])) ?? new Map<string, Activity>()
    threads.set(String(row['subagent']), files)
    const activity = JSON.parse(String(row['activity'])) as Activity
    const known = files.get(String(row['path']))
    if (known === undefined) files.set(String(row['path']), activity)
    else addActivity(known, activity)
  }
  const sum = noActivity()
  for (const [, files] of [...threads].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [most] = [...files.values()].sort((a, b) => b.lastMs - a.lastMs)
    if (most !== undefined) addActivity(sum, most)
  }
  return sum
}

function groupBy(rows: readonly SqliteRow[]): ReadonlyMap<number, SqliteRow[]> {
  const groups = new Map<number, SqliteRow[]>()
  for (const row of rows) {
    const taskNo = Number(row['task_no'])
    const group = groups.get(taskNo)
    if (group === undefined) groups.set(taskNo, [row])
    else group.push(row)
  }
  return groups
}

function readSession(row: SqliteRow): Session {
  return {
    sessionNo: Number(row['session_no']),
    harness: String(row['harness']),
    session: String(row['session']),
  }
}

interface Statements {
  readonly dirty: SqliteStatement
  readonly clean: SqliteStatement
  readonly soil: SqliteStatement
  readonly starts: SqliteStatement
  readonly requests: SqliteStatement
  readonly stretches: SqliteStatement
  readonly stretchesApart: SqliteStatement
  readonly requestsApart: SqliteStatement
  readonly openTotals: SqliteStatement
  readonly putMissing: SqliteStatement
  readonly built: SqliteStatement
  readonly put: SqliteStatement
  readonly drop: SqliteStatement
}

function prepareStatements(database: SqliteDriver): Statements {
  const ours = '(SELECT prompt_no FROM prompts WHERE session_no = ? AND started_ms IS NOT NULL)'
  return {
    dirty: database.prepare('SELECT session_no, harness, session FROM sessions WHERE is_dirty = 1 LIMIT ?'),
    clean: database.prepare('UPDATE sessions SET is_dirty = 0 WHERE session_no = ?'),
    soil: database.prepare('UPDATE sessions SET is_dirty = 1 WHERE session_no = ?'),
    starts: database.prepare(
      `SELECT prompt_no, prompt, started_ms FROM prompts
       WHERE session_no = ? AND started_ms IS NOT NULL AND task_no = prompt_no ORDER BY started_ms, prompt`,
    ),
    requests: database.prepare(
      `SELECT ${SUM_COLUMNS} FROM prompts p
       JOIN requests r USING (prompt_no) JOIN models m USING (model_no)
       WHERE p.task_no IN ${ours} ${SUM_GROUPS}`,
    ),
    stretches: database.prepare(
      `SELECT p.task_no, s.subagent, s.activity, f.path FROM prompts p
       JOIN stretches s USING (prompt_no) JOIN files f USING (file_no)
       WHERE p.task_no IN ${ours} ORDER BY f.path, p.prompt`,
    ),
    stretchesApart: database.prepare(
      `SELECT s.subagent, s.activity, f.path FROM prompts p
       JOIN stretches s USING (prompt_no) JOIN files f USING (file_no)
       WHERE p.session_no = ? AND p.task_no IS NULL ORDER BY f.path, p.prompt`,
    ),
    requestsApart: database.prepare(
      `SELECT ${SUM_COLUMNS} FROM prompts p JOIN requests r USING (prompt_no) JOIN models m USING (model_no)
       WHERE p.session_no = ? AND p.task_no IS NULL ${SUM_GROUPS}`,
    ),
    openTotals: database.prepare(
      'SELECT 1 FROM session_totals WHERE session_no = ? AND until_ms IS NULL LIMIT 1',
    ),
    putMissing: database.prepare('UPDATE sessions SET missing = ? WHERE session_no = ?'),
    built: database.prepare('SELECT task_no FROM tasks WHERE session_no = ?'),
    put: database.prepare(
      `INSERT INTO tasks (task_no, session_no, event_id, started_ms, ended_ms, project, branch, task_type, has_successor, record)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (task_no) DO UPDATE SET session_no = excluded.session_no, event_id = excluded.event_id,
         started_ms = excluded.started_ms, ended_ms = excluded.ended_ms, project = excluded.project,
         branch = excluded.branch, task_type = excluded.task_type, has_successor = excluded.has_successor,
         record = excluded.record WHERE record <> excluded.record`,
    ),
    drop: database.prepare('DELETE FROM tasks WHERE task_no = ?'),
  }
}
