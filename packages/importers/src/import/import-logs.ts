import type { Importer, Machine } from '../importer.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { WriteBatch } from '../ledger/write-batch.ts'
import { FileTable, type IssueCounts } from './file-table.ts'
import { findLogs, type FoundLog } from './find-logs.ts'
import { readLog, type ReadOutcome } from './read-log.ts'

export interface ImportOptions {
  readonly ledger: Ledger
  readonly importers: readonly Importer[]
  readonly machine: Machine
  /** Called after every file that was looked at. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  /** Stops after the file at hand; what was read stays. */
  readonly signal?: AbortSignal | undefined
}

export interface ImportProgress {
  readonly harness: string
  readonly path: string
  readonly done: number
  readonly total: number
}

/** What an import did. */
export interface ImportReport {
  readonly files: { found: number; read: number; unchanged: number; unreadable: number }
  readonly bytes: number
  readonly lines: number
  /** What was skipped or repaired, by reason. */
  readonly issues: IssueCounts
}

/** Reads everything that is new in the logs of the given agents, then builds the tasks that it changes. */
export async function importLogs(options: ImportOptions): Promise<ImportReport> {
  const { ledger, importers, machine, signal } = options
  const files = new FileTable(ledger.database)
  const batch = new WriteBatch(ledger.database)
  const tools = { batch, files, writer: ledger.writer }
  const report = new ReportBuilder()
  const work = importers.map((importer) => ({ importer, logs: findLogs(importer, machine) }))
  const total = work.reduce((sum, { logs }) => sum + logs.length, 0)
  let done = 0
  for (const { importer, log } of eachLog(work)) {
    if (signal?.aborted === true) break
    report.add(await readLog(tools, importer, log))
    done++
    options.onProgress?.({ harness: importer.harness, path: log.path, done, total })
  }
  batch.commit()
  ledger.tasks.buildChanged()
  return report.report(total)
}

function* eachLog(
  work: readonly { importer: Importer; logs: readonly FoundLog[] }[],
): Generator<{ importer: Importer; log: FoundLog }> {
  for (const { importer, logs } of work) for (const log of logs) yield { importer, log }
}

class ReportBuilder {
  readonly #files = { read: 0, unchanged: 0, unreadable: 0 }
  readonly #issues: IssueCounts = {}
  #bytes = 0
  #lines = 0

  add(outcome: ReadOutcome): void {
    this.#files[outcome.kind]++
    if (outcome.kind !== 'read') {
      if (outcome.kind === 'unreadable') this.#count({ unreadable_file: 1 })
      return
    }
    this.#bytes += outcome.bytes
    this.#lines += outcome.lines
    this.#count(outcome.issues)
  }

  #count(issues: IssueCounts): void {
    for (const [issue, count] of Object.entries(issues) as [keyof IssueCounts, number][]) {
      this.#issues[issue] = (this.#issues[issue] ?? 0) + count
    }
  }

  report(found: number): ImportReport {
    return {
      files: { found, ...this.#files },
      bytes: this.#bytes,
      lines: this.#lines,
      issues: this.#issues,
    }
  }
}
