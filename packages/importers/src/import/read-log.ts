/**
 * Reads what is new in one log file into the ledger.
 *
 * Always true
 * - Facts and the place that reading has reached are stored in one transaction, so a crash at any moment loses both or
 *   neither, and the next import goes on as if nothing had happened.
 * - A line is taken when it is whole: it ends with a newline, or is a whole JSON object at the end of the file.
 * - A file whose read part has changed is read from the start; requests are known by their keys, and what it said about
 *   activity is forgotten first.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type {
  DatabaseFormat,
  DocumentFormat,
  Importer,
  LinesFormat,
  LogDatabase,
  ReadContext,
} from '../importer.ts'
import { isRecord } from '../json-fields.ts'
import type { FactWriter } from '../ledger/fact-writer.ts'
import { openSqlite, type SqliteDriver } from '../ledger/sqlite-driver.ts'
import type { WriteBatch } from '../ledger/write-batch.ts'
import type { ReadingIssue } from '../reading-issues.ts'
import type { FileProgress, FileTable, IssueCounts } from './file-table.ts'
import type { FoundLog } from './find-logs.ts'
import { readLines } from './line-reader.ts'
import { readHash } from './read-hash.ts'

/** Stored at a time. Bounds both memory and what a crash costs. */
const BYTES_PER_TRANSACTION = 8 * 1024 * 1024
/** A note beside a log is small, or none of ours. */
const MAX_NOTE_BYTES = 64 * 1024
/** A document is read as a whole. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024

export interface ReadTools {
  readonly batch: WriteBatch
  readonly files: FileTable
  readonly writer: FactWriter
}

export type ReadOutcome =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'read'; readonly bytes: number; readonly lines: number; readonly issues: IssueCounts }
  | { readonly kind: 'unreadable'; readonly cause: unknown }

export async function readLog(tools: ReadTools, importer: Importer, log: FoundLog): Promise<ReadOutcome> {
  try {
    const known = tools.files.find(log.path)
    const stamp = stampOf(log.path, importer.format.kind === 'database')
    if (known?.stamp === stamp) return { kind: 'unchanged' }
    const progress = known ?? tools.files.add(importer.harness, log.path)
    const job = { tools, importer, log, progress, stamp }
    switch (importer.format.kind) {
      case 'lines':
        return readAppended(job, importer.format)
      case 'document':
        return readDocument(job, importer.format)
      case 'database':
        return await readDatabase(job, importer.format)
    }
  } catch (cause) {
    tools.writer.discard()
    if (!isFileError(cause)) throw cause
    return { kind: 'unreadable', cause }
  }
}

interface Job {
  readonly tools: ReadTools
  readonly importer: Importer
  readonly log: FoundLog
  readonly progress: FileProgress
  readonly stamp: string
}

function stampOf(path: string, isDatabase: boolean): string {
  const files = isDatabase ? [path, `${path}-wal`] : [path]
  return files
    .map((file) => statSync(file, { throwIfNoEntry: file === path }))
    .map((stat) => (stat === undefined ? '' : [stat.dev, stat.ino, stat.size, stat.mtimeMs].join(':')))
    .join(' ')
}

function readAppended(job: Job, format: LinesFormat): ReadOutcome {
  const { tools, log, progress } = job
  const file = openSync(log.path, 'r')
  try {
    const goesOn = progress.readBytes > 0 && isGrown(file, progress)
    const issues = new IssueCounter(goesOn ? progress.issues : {})
    const context = contextOf(job, issues)
    const parser = format.open(context, goesOn ? progress.state : undefined)
    const start = goesOn ? progress.readBytes : 0
    let isFirst = !goesOn
    let stored = start
    let reached = start
    let lines = 0

    const store = (stamp: string): void => {
      tools.batch.write(reached - stored, () => {
        if (isFirst) tools.files.forgetActivity(progress.fileNo)
        tools.writer.store({ harness: job.importer.harness, fileNo: progress.fileNo })
        tools.files.save({
          fileNo: progress.fileNo,
          stamp,
          readBytes: reached,
          readHash: readHash(file, reached),
          state: parser.state(),
          issues: issues.counts,
        })
      })
      isFirst = false
      stored = reached
    }

    for (const line of readLines(file, start)) {
      const outcome = line.kind === 'line' ? parseLine(line.text) : undefined
      // Half a line at the end is still being written: it waits for the next time.
      if (line.kind === 'line' && !line.isWhole && outcome?.kind !== 'record') break
      lines++
      reached = line.endsAt
      if (outcome === undefined) issues.add('too_long')
      else if (outcome.kind === 'record') {
        if (outcome.hadNul) issues.add('nul_bytes')
        parser.record(outcome.record)
      } else issues.add(outcome.kind)
      if (reached - stored >= BYTES_PER_TRANSACTION) store('')
    }
    store(job.stamp)
    return { kind: 'read', bytes: reached - start, lines, issues: issues.added }
  } finally {
    closeSync(file)
  }
}

function isGrown(file: number, progress: FileProgress): boolean {
  return (
    fstatSync(file).size >= progress.readBytes && readHash(file, progress.readBytes) === progress.readHash
  )
}

type ParsedLine =
  | { readonly kind: 'record'; readonly record: Readonly<Record<string, unknown>>; readonly hadNul: boolean }
  | { readonly kind: 'not_json' | 'not_an_object' | 'nul_bytes' }

function parseLine(text: string): ParsedLine {
  const hadNul = text.includes('\0')
  const clean = hadNul ? text.replaceAll('\0', '') : text
  if (hadNul && clean.trim() === '') return { kind: 'nul_bytes' }
  try {
    const record: unknown = JSON.parse(clean)
    return isRecord(record) ? { kind: 'record', record, hadNul } : { kind: 'not_an_object' }
  } catch {
    return { kind: 'not_json' }
  }
}

function readDocument(job: Job, format: DocumentFormat): ReadOutcome {
  const { tools, progress, log } = job
  const issues = new IssueCounter({})
  const size = statSync(log.path).size
  if (size > MAX_DOCUMENT_BYTES) issues.add('too_long')
  else format.read(contextOf(job, issues), readFileSync(log.path))
  tools.batch.write(size, () => {
    tools.files.forgetActivity(progress.fileNo)
    tools.writer.store({ harness: job.importer.harness, fileNo: progress.fileNo })
    tools.files.save({ ...progress, stamp: job.stamp, readBytes: size, issues: issues.counts })
  })
  return { kind: 'read', bytes: size, lines: 0, issues: issues.added }
}

async function readDatabase(job: Job, format: DatabaseFormat): Promise<ReadOutcome> {
  const { tools, progress, log } = job
  const issues = new IssueCounter(progress.issues)
  const size = statSync(log.path).size
  const foreign = await openSqlite(log.path, { readOnly: true })
  try {
    foreign.exec('PRAGMA busy_timeout = 5000')
    foreign.exec('BEGIN')
    const state = format.read(contextOf(job, issues), asLogDatabase(foreign), progress.state)
    foreign.exec('COMMIT')
    tools.batch.write(size, () => {
      tools.writer.store({ harness: job.importer.harness, fileNo: progress.fileNo })
      tools.files.save({ ...progress, stamp: job.stamp, readBytes: size, state, issues: issues.counts })
    })
    return { kind: 'read', bytes: size, lines: 0, issues: issues.added }
  } finally {
    foreign.close()
  }
}

function asLogDatabase(database: SqliteDriver): LogDatabase {
  return { all: (sql, ...params) => database.prepare(sql).iterate(...params) }
}

function contextOf({ tools, log }: Job, issues: IssueCounter): ReadContext {
  return {
    path: log.path,
    relativePath: log.relativePath,
    emit: tools.writer.add,
    report: (issue) => issues.add(issue),
    readBeside: (name) => readNote(join(dirname(log.path), name)),
  }
}

function readNote(path: string): string | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      const note = Buffer.alloc(MAX_NOTE_BYTES)
      return note.toString('utf8', 0, readSync(file, note))
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

class IssueCounter {
  readonly counts: IssueCounts
  readonly added: IssueCounts = {}

  constructor(known: IssueCounts) {
    this.counts = { ...known }
  }

  add(issue: ReadingIssue): void {
    this.counts[issue] = (this.counts[issue] ?? 0) + 1
    this.added[issue] = (this.added[issue] ?? 0) + 1
  }
}

/** An error of the system or of a foreign database, as opposed to one of ours. */
function isFileError(cause: unknown): boolean {
  return (
    cause instanceof Error && 'code' in cause && /^(?:E[A-Z]+|SQLITE_|ERR_SQLITE)/.test(String(cause.code))
  )
}
