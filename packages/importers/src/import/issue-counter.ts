import type { ReadingIssue } from '../reading-issues.ts'

export type IssueCounts = Partial<Record<ReadingIssue, number>>

/** Counts what was skipped or repaired, beginning with what was counted before. */
export class IssueCounter {
  readonly #all: IssueCounts
  #added: IssueCounts = {}

  constructor(known: IssueCounts) {
    this.#all = { ...known }
  }

  get all(): IssueCounts {
    return { ...this.#all }
  }

  /** Those since the last time. */
  take(): IssueCounts {
    const added = this.#added
    this.#added = {}
    return added
  }

  readonly add = (issue: ReadingIssue): void => {
    addIssues(this.#all, { [issue]: 1 })
    addIssues(this.#added, { [issue]: 1 })
  }
}

export function addIssues(counts: IssueCounts, more: IssueCounts): void {
  for (const [issue, count] of Object.entries(more) as [ReadingIssue, number][]) {
    counts[issue] = (counts[issue] ?? 0) + count
  }
}
