import type { Ledger } from '../ledger/ledger.ts'
import type { TaskRecord } from '../tasks/task-record.ts'

export interface TaskQuery {
  /** Tasks that ended at this time or later. */
  readonly fromMs?: number | undefined
  /** Tasks that ended before. */
  readonly toMs?: number | undefined
  readonly harness?: string | undefined
  readonly session?: string | undefined
  readonly project?: string | undefined
  /** Newest first; all where it is left out. */
  readonly limit?: number | undefined
}

/** Tasks as they are known now, the last to end first. Project and branch are in it: for this machine's eyes only. */
export function listTasks({ database }: Ledger, query: TaskQuery = {}): readonly TaskRecord[] {
  const { fromMs = 0, toMs = Number.MAX_SAFE_INTEGER, limit = -1 } = query
  const { harness = null, session = null, project = null } = query
  const rows = database
    .prepare(
      `SELECT t.record FROM tasks t JOIN sessions s USING (session_no)
       WHERE t.ended_ms >= ? AND t.ended_ms < ?
         AND (? IS NULL OR s.harness = ?) AND (? IS NULL OR s.session = ?) AND (? IS NULL OR t.project = ?)
       ORDER BY t.ended_ms DESC, t.event_id LIMIT ?`,
    )
    .all(fromMs, toMs, harness, harness, session, session, project, project, limit)
  return rows.map((row) => JSON.parse(String(row['record'])) as TaskRecord)
}

/** The task of one prompt, by the agent's id of it or of one that continued it. */
export function findTask({ database }: Ledger, harness: string, prompt: string): TaskRecord | undefined {
  const row = database
    .prepare(
      `SELECT t.record FROM prompts p JOIN sessions s USING (session_no) JOIN tasks t ON t.task_no = p.task_no
       WHERE s.harness = ? AND p.prompt = ? LIMIT 1`,
    )
    .get(harness, prompt)
  return row === undefined ? undefined : (JSON.parse(String(row['record'])) as TaskRecord)
}
