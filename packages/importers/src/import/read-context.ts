import { closeSync, openSync, readSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { ReadContext } from '../importer.ts'
import type { FactGatherer } from '../ledger/gathered-facts.ts'
import type { FoundLog } from './find-logs.ts'
import type { IssueCounter } from './issue-counter.ts'

/** A note beside a log is small, or none of ours. */
const MAX_NOTE_BYTES = 64 * 1024

export function readContext(log: FoundLog, facts: FactGatherer, issues: IssueCounter): ReadContext {
  return {
    path: log.path,
    relativePath: log.relativePath,
    emit: facts.add,
    report: issues.add,
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
