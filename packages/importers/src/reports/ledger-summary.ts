import type { IssueCounts } from '../import/issue-counter.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { MissingPart } from '../log-facts.ts'
import type { ReadingIssue } from '../reading-issues.ts'

/** What the ledger has of one coding agent. */
export interface HarnessSummary {
  readonly harness: string
  readonly files: number
  /** Responses of models, each once. */
  readonly requests: number
  readonly tasks: number
  /** Tasks, or sessions, that were handed over for sending so far. */
  readonly sent: number
  /** Tasks that are known to lack something, by what they lack; one may lack several things. */
  readonly missing: Readonly<Partial<Record<MissingPart, number>>>
  /** Tasks that lack at least one thing. */
  readonly incomplete: number
  /** Sessions, by what the part of them lacks that belongs to no task. */
  readonly sessionsMissing: Readonly<Partial<Record<MissingPart, number>>>
  /** Pieces of logs that were skipped or repaired, by reason. */
  readonly issues: IssueCounts
}

/** What the ledger has, agent by agent, in the order of their names. */
export function summariseLedger(ledger: Ledger): readonly HarnessSummary[] {
  const harnesses = new Map<string, Draft>()
  const draftOf = (row: { readonly harness?: unknown }): Draft => {
    const name = String(row.harness)
    const known = harnesses.get(name) ?? emptyDraft(name)
    harnesses.set(name, known)
    return known
  }
  const all = (sql: string) => ledger.database.prepare(sql).all()

  for (const row of all('SELECT harness, issues FROM files')) {
    const draft = draftOf(row)
    draft.files++
    for (const [issue, count] of Object.entries(JSON.parse(String(row['issues'])) as IssueCounts)) {
      draft.issues[issue as ReadingIssue] = (draft.issues[issue as ReadingIssue] ?? 0) + count
    }
  }
  for (const row of all('SELECT harness, count(*) AS n FROM requests GROUP BY harness')) {
    draftOf(row).requests = Number(row['n'])
  }
  for (const row of all('SELECT harness, count(*) AS n FROM sent GROUP BY harness')) {
    draftOf(row).sent = Number(row['n'])
  }
  for (const row of all(TASKS_BY_MISSING)) {
    const draft = draftOf(row)
    const missing = JSON.parse(String(row['missing'])) as readonly MissingPart[]
    const count = Number(row['n'])
    draft.tasks += count
    if (missing.length > 0) draft.incomplete += count
    for (const part of missing) draft.missing[part] = (draft.missing[part] ?? 0) + count
  }
  for (const row of all(SESSIONS_BY_MISSING)) {
    const { sessionsMissing } = draftOf(row)
    for (const part of JSON.parse(String(row['missing'])) as readonly MissingPart[]) {
      sessionsMissing[part] = (sessionsMissing[part] ?? 0) + Number(row['n'])
    }
  }
  return [...harnesses.values()].sort((a, b) => (a.harness < b.harness ? -1 : 1))
}

type Draft = { -readonly [Name in keyof HarnessSummary]: HarnessSummary[Name] } & {
  missing: Partial<Record<MissingPart, number>>
  sessionsMissing: Partial<Record<MissingPart, number>>
}

const TASKS_BY_MISSING = `SELECT s.harness, json_extract(t.record, '$.completeness.missing') AS missing, count(*) AS n
  FROM tasks t JOIN sessions s USING (session_no) GROUP BY s.harness, missing`

const SESSIONS_BY_MISSING = `SELECT harness, missing, count(*) AS n FROM sessions
  WHERE missing <> '[]' GROUP BY harness, missing`

function emptyDraft(harness: string): Draft {
  const counts = { files: 0, requests: 0, tasks: 0, sent: 0, incomplete: 0 }
  return { harness, ...counts, missing: {}, sessionsMissing: {}, issues: {} }
}
