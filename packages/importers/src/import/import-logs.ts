import type { Importer, Machine } from '../importer.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { WriteBatch } from '../ledger/write-batch.ts'
import { FileTable } from './file-table.ts'
import { findLogs } from './find-logs.ts'
import { addIssues, type IssueCounts } from './issue-counter.ts'
import { examineLog, type ReadJob, readLog, type ReadOutcome } from './read-log.ts'
import { chooseLineSource } from './reading-ahead.ts'

export interface ImportOptions {
  readonly ledger: Ledger
  readonly importers: readonly Importer[]
  readonly machine: Machine
  /** Called after every file that was looked at. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  /** Whether a second thread reads ahead; where it is left out, where there is much to read. */
  readonly readAhead?: boolean | undefined
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
  const batch = new WriteBatch(options.ledger.database)
  try {
    const report = await readAll(options, batch)
    batch.commit()
    options.ledger.tasks.buildChanged()
    return report
  } catch (error) {
    batch.rollBack()
    throw error
  }
}

async function readAll(options: ImportOptions, batch: WriteBatch): Promise<ImportReport> {
  const { ledger, signal } = options
  const files = new FileTable(ledger.database)
  const progress = new Progress(options)
  const jobs = examineAll(options, files, progress)
  const lines = chooseLineSource(jobs, options.readAhead)
  try {
    for (const job of jobs) {
      if (signal?.aborted === true) break
      const outcome = await readLog({ batch, files, writer: ledger.writer, lines }, job)
      progress.add(job.importer, job.log.path, outcome)
    }
  } finally {
    await lines.close()
  }
  return progress.report
}

/** Most logs have not changed since the last time, and looking at them takes a moment. */
function examineAll(
  { importers, machine }: ImportOptions,
  files: FileTable,
  progress: Progress,
): readonly ReadJob[] {
  const found = importers.flatMap((importer) => findLogs(importer, machine).map((log) => ({ importer, log })))
  progress.begin(found.length)
  const jobs: ReadJob[] = []
  for (const { importer, log } of found) {
    const examined = examineLog(files, importer, log)
    if (examined.kind === 'changed') jobs.push(examined.job)
    else progress.add(importer, log.path, examined)
  }
  return jobs
}

class Progress {
  readonly #options: ImportOptions
  readonly #files = { found: 0, read: 0, unchanged: 0, unreadable: 0 }
  readonly #issues: IssueCounts = {}
  #bytes = 0
  #lines = 0
  #done = 0

  constructor(options: ImportOptions) {
    this.#options = options
  }

  begin(found: number): void {
    this.#files.found = found
  }

  add({ harness }: Importer, path: string, outcome: ReadOutcome): void {
    this.#files[outcome.kind]++
    if (outcome.kind === 'unreadable') addIssues(this.#issues, { unreadable_file: 1 })
    if (outcome.kind === 'read') {
      this.#bytes += outcome.bytes
      this.#lines += outcome.lines
      addIssues(this.#issues, outcome.issues)
    }
    this.#done++
    this.#options.onProgress?.({ harness, path, done: this.#done, total: this.#files.found })
  }

  get report(): ImportReport {
    return { files: this.#files, bytes: this.#bytes, lines: this.#lines, issues: this.#issues }
  }
}
