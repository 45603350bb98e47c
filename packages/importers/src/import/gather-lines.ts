import { closeSync, fstatSync, openSync } from 'node:fs'

import type { JsonValue, LinesFormat } from '../importer.ts'
import { FactGatherer, type GatheredFacts } from '../ledger/gathered-facts.ts'
import type { FileProgress } from './file-table.ts'
import type { FoundLog } from './find-logs.ts'
import { IssueCounter, type IssueCounts } from './issue-counter.ts'
import { readLines } from './line-reader.ts'
import { parseLine } from './parse-line.ts'
import { readContext } from './read-context.ts'
import { readHash } from './read-hash.ts'

/** Gathered at a time. Bounds both memory and what a crash costs. */
const BYTES_PER_PART = 8 * 1024 * 1024

/** A stretch of a log, and the place from which reading goes on. Plain data. */
export interface LinesPart {
  readonly facts: GatheredFacts
  /** The file is read from its start: what it said before is forgotten. */
  readonly isAnew: boolean
  readonly isLast: boolean
  readonly readBytes: number
  readonly readHash: string
  readonly state: JsonValue
  /** All that were met in the file so far. */
  readonly issues: IssueCounts
  /** Of this part alone. */
  readonly bytes: number
  readonly lines: number
  readonly newIssues: IssueCounts
}

/**
 * Reads what is new in a log of lines, part by part. Touches no ledger, so it can run in a thread of its own.
 *
 * A line is taken when it is whole: it ends with a newline, or is a whole JSON object at the end of the file.
 */
export function* gatherLines(
  format: LinesFormat,
  log: FoundLog,
  progress: Pick<FileProgress, 'readBytes' | 'readHash' | 'state' | 'issues'>,
): Generator<LinesPart, void, undefined> {
  const file = openSync(log.path, 'r')
  try {
    const isAnew = !isGrown(file, progress)
    const start = isAnew ? 0 : progress.readBytes
    const facts = new FactGatherer()
    const issues = new IssueCounter(isAnew ? {} : progress.issues)
    const parser = format.open(readContext(log, facts, issues), isAnew ? undefined : progress.state)
    let done = start
    let reached = start
    let lines = 0
    const part = (isLast: boolean): LinesPart => ({
      facts: facts.take(),
      isAnew: isAnew && done === start,
      isLast,
      readBytes: reached,
      readHash: readHash(file, reached),
      state: parser.state(),
      issues: issues.all,
      bytes: reached - done,
      lines,
      newIssues: issues.take(),
    })

    for (const line of readLines(file, start)) {
      const parsed = line.kind === 'line' ? parseLine(line, format.longTexts) : undefined
      // Half a line at the end is still being written: it waits for the next time.
      if (line.kind === 'line' && !line.isWhole && parsed?.kind !== 'record') break
      lines++
      reached = line.endsAt
      if (parsed === undefined) issues.add('too_long')
      else if (parsed.kind === 'record') {
        if (parsed.hadNul) issues.add('nul_bytes')
        parser.record(parsed.record)
      } else issues.add(parsed.kind)
      if (reached - done < BYTES_PER_PART) continue
      yield part(false)
      done = reached
      lines = 0
    }
    yield part(true)
  } finally {
    closeSync(file)
  }
}

function isGrown(file: number, progress: Pick<FileProgress, 'readBytes' | 'readHash'>): boolean {
  if (progress.readBytes === 0 || fstatSync(file).size < progress.readBytes) return false
  return readHash(file, progress.readBytes) === progress.readHash
}
