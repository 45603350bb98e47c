/**
 * Stores what is new in one log in the ledger.
 *
 * Always true
 * - Facts and the place that reading has reached are stored in one transaction, so a crash at any moment loses both or
 *   neither, and the next import goes on as if nothing had happened.
 * - A file whose read part has changed is read from the start; requests are known by their keys, and what it said about
 *   activity is forgotten first.
 */
import { readFileSync, statSync } from 'node:fs'

import type { DatabaseFormat, DocumentFormat, Importer, LogDatabase } from '../importer.ts'
import type { FactWriter } from '../ledger/fact-writer.ts'
import { FactGatherer } from '../ledger/gathered-facts.ts'
import { openSqlite, type SqliteDriver } from '../ledger/sqlite-driver.ts'
import type { WriteBatch } from '../ledger/write-batch.ts'
import type { FileProgress, FileTable } from './file-table.ts'
import type { FoundLog } from './find-logs.ts'
import type { LinesPart } from './gather-lines.ts'
import { addIssues, IssueCounter, type IssueCounts } from './issue-counter.ts'
import type { LineSource } from './line-source.ts'
import { readContext } from './read-context.ts'

/** A document is read as a whole. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024

export interface ReadTools {
  readonly batch: WriteBatch
  readonly files: FileTable
  readonly writer: FactWriter
  readonly lines: LineSource
}

export type ReadOutcome =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'read'; readonly bytes: number; readonly lines: number; readonly issues: IssueCounts }
  | { readonly kind: 'unreadable'; readonly cause: unknown }

/** A log that has changed since it was read. */
export interface ReadJob {
  readonly importer: Importer
  readonly log: FoundLog
  readonly progress: FileProgress
  /** As it was before reading began: what is written meanwhile is read the next time. */
  readonly stamp: string
  /** About how much is new. */
  readonly newBytes: number
}

export type Examined =
  | { readonly kind: 'changed'; readonly job: ReadJob }
  | Extract<ReadOutcome, { kind: 'unchanged' | 'unreadable' }>

/** Looks whether a log has changed. */
export function examineLog(files: FileTable, importer: Importer, log: FoundLog): Examined {
  try {
    const { stamp, size } = stampOf(log.path, importer.format.kind === 'database')
    const known = files.find(log.path)
    if (known?.stamp === stamp) return { kind: 'unchanged' }
    const progress = known ?? files.add(importer.harness, log.path)
    return {
      kind: 'changed',
      job: { importer, log, progress, stamp, newBytes: Math.abs(size - progress.readBytes) },
    }
  } catch (cause) {
    return unreadable(cause)
  }
}

export async function readLog(tools: ReadTools, job: ReadJob): Promise<ReadOutcome> {
  try {
    const { format } = job.importer
    switch (format.kind) {
      case 'lines':
        return await readParts(tools, job)
      case 'document':
        return readDocument(tools, job, format)
      case 'database':
        return await readDatabase(tools, job, format)
    }
  } catch (cause) {
    return unreadable(cause)
  }
}

/** @throws what is no error of a file or of a foreign database. */
function unreadable(cause: unknown): Extract<ReadOutcome, { kind: 'unreadable' }> {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (!/^(?:E[A-Z]+$|SQLITE_|ERR_SQLITE)/.test(code)) throw cause
  return { kind: 'unreadable', cause }
}

function stampOf(path: string, isDatabase: boolean): { stamp: string; size: number } {
  const stats = [statSync(path)]
  const journal = isDatabase ? statSync(`${path}-wal`, { throwIfNoEntry: false }) : undefined
  if (journal !== undefined) stats.push(journal)
  const stamp = stats.map(({ dev, ino, size, mtimeMs }) => [dev, ino, size, mtimeMs].join(':')).join(' ')
  return { stamp, size: stats[0]?.size ?? 0 }
}

async function readParts(tools: ReadTools, job: ReadJob): Promise<ReadOutcome> {
  const sums = { bytes: 0, lines: 0, issues: {} as IssueCounts }
  for await (const part of tools.lines.read(job)) {
    tools.batch.write(part.bytes, () => storePart(tools, job, part))
    sums.bytes += part.bytes
    sums.lines += part.lines
    addIssues(sums.issues, part.newIssues)
  }
  return { kind: 'read', ...sums }
}

function storePart(tools: ReadTools, { importer, progress, stamp }: ReadJob, part: LinesPart): void {
  const { fileNo } = progress
  if (part.isAnew) tools.files.forgetActivity(fileNo)
  tools.writer.store({ harness: importer.harness, fileNo }, part.facts)
  const { readBytes, readHash, state, issues } = part
  // Without its stamp a file is examined again: this one is not read to its end.
  tools.files.save({ fileNo, stamp: part.isLast ? stamp : '', readBytes, readHash, state, issues })
}

function readDocument(tools: ReadTools, job: ReadJob, format: DocumentFormat): ReadOutcome {
  const { importer, log, progress } = job
  const issues = new IssueCounter({})
  const facts = new FactGatherer()
  const { size } = statSync(log.path)
  if (size > MAX_DOCUMENT_BYTES) issues.add('too_long')
  else format.read(readContext(log, facts, issues), readFileSync(log.path))
  tools.batch.write(size, () => {
    tools.files.forgetActivity(progress.fileNo)
    tools.writer.store({ harness: importer.harness, fileNo: progress.fileNo }, facts.take())
    tools.files.save({ ...progress, stamp: job.stamp, readBytes: size, issues: issues.all })
  })
  return { kind: 'read', bytes: size, lines: 0, issues: issues.take() }
}

async function readDatabase(tools: ReadTools, job: ReadJob, format: DatabaseFormat): Promise<ReadOutcome> {
  const { importer, log, progress } = job
  const issues = new IssueCounter(progress.issues)
  const facts = new FactGatherer()
  const { size } = statSync(log.path)
  const foreign = await openSqlite(log.path, { readOnly: true })
  try {
    foreign.exec('PRAGMA busy_timeout = 5000')
    foreign.exec('BEGIN')
    const state = format.read(readContext(log, facts, issues), asLogDatabase(foreign), progress.state)
    foreign.exec('COMMIT')
    tools.batch.write(size, () => {
      tools.writer.store({ harness: importer.harness, fileNo: progress.fileNo }, facts.take())
      tools.files.save({ ...progress, stamp: job.stamp, readBytes: size, state, issues: issues.all })
    })
    return { kind: 'read', bytes: size, lines: 0, issues: issues.take() }
  } finally {
    foreign.close()
  }
}

function asLogDatabase(database: SqliteDriver): LogDatabase {
  return { all: (sql, ...params) => database.prepare(sql).iterate(...params) }
}
