import type { Outcome } from '@mosaicstack/telemetry-client/protocol'

import { outcomeOf } from '../events/task-event.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { knownCost, type TaskRecord } from '../tasks/task-record.ts'

/** How tasks ended, and how what they cost compares with what was expected before they began. */
export interface TaskOutcomes {
  /** That a task succeeded only says that the agent had the last word and left no check failing. */
  readonly counts: Readonly<Partial<Record<Outcome, number>>>
  /** Tasks that were predicted and whose cost is known; the sums below are theirs. */
  readonly estimated: number
  readonly estimatedCostUsdMicros: number
  readonly actualCostUsdMicros: number
}

/** Sums up tasks, given by the ledger's numbers of them. */
export type TaskJudge = (taskNos: ReadonlySet<number>) => TaskOutcomes

interface Verdict {
  readonly outcome: Outcome
  /** Undefined where nothing was predicted or the cost is not known. */
  readonly compared: { readonly estimatedMicros: number; readonly actualMicros: number } | undefined
}

/** Reads each task once, however many groups it is in. */
export function taskJudge({ database }: Ledger): TaskJudge {
  const read = database.prepare(
    `SELECT t.record, e.cost_usd_micros FROM tasks t JOIN prompts p ON p.prompt_no = t.task_no
     LEFT JOIN estimates e ON e.prompt = p.prompt WHERE t.task_no = ?`,
  )
  const known = new Map<number, Verdict | undefined>()
  const verdictOn = (taskNo: number): Verdict | undefined => {
    if (known.has(taskNo)) return known.get(taskNo)
    const row = read.get(taskNo)
    const verdict = row && judge(JSON.parse(String(row['record'])) as TaskRecord, row['cost_usd_micros'])
    known.set(taskNo, verdict)
    return verdict
  }
  return (taskNos) => sumUp([...taskNos].flatMap((taskNo) => verdictOn(taskNo) ?? []))
}

function judge(task: TaskRecord, estimatedMicros: unknown): Verdict {
  const nanoUsd = knownCost(task.cost)
  const compared =
    typeof estimatedMicros === 'number' && estimatedMicros > 0 && nanoUsd !== undefined
      ? { estimatedMicros, actualMicros: Math.round(nanoUsd / 1000) }
      : undefined
  return { outcome: outcomeOf(task), compared }
}

function sumUp(verdicts: readonly Verdict[]): TaskOutcomes {
  const counts: Partial<Record<Outcome, number>> = {}
  const sums = { estimated: 0, estimatedCostUsdMicros: 0, actualCostUsdMicros: 0 }
  for (const { outcome, compared } of verdicts) {
    counts[outcome] = (counts[outcome] ?? 0) + 1
    if (compared === undefined) continue
    sums.estimated++
    sums.estimatedCostUsdMicros += compared.estimatedMicros
    sums.actualCostUsdMicros += compared.actualMicros
  }
  return { counts, ...sums }
}
