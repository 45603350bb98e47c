/**
 * What hooks were told, for the next import: one JSON object a line, ids, times and paths only.
 *
 * Always true
 * - A line is written by one `write` to a file opened for appending, so that hooks of several sessions do not mix.
 * - Beyond `MAX_BYTES` the file becomes `.old`, in place of the one before: the journal never grows beyond twice that,
 *   and the last few hundred turns stay.
 *
 * A lost line costs only time: the task it speaks of is over half an hour later, by silence.
 */
import { appendFileSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
export interface HookEntry {
  readonly at_ms: number
  /** `SessionStart`, `UserPromptSubmit`, `Stop`, `SessionEnd`, … */
  readonly event: string
  readonly session: string
  readonly prompt?: string | undefined
  readonly transcript?: string | undefined
  /** Told at the start of a session only. */
  readonly model?: string | undefined
}

const MAX_BYTES = 256 * 1024

export function noteHook(file: string, entry: HookEntry): void {
  makeDirectory(dirname(file))
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > MAX_BYTES) renameSync(file, `${file}.old`)
  appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
}

/** The entries in their order; lines that are none are passed over. */
export function readJournal(file: string): readonly HookEntry[] {
  return [`${file}.old`, file].flatMap((part) => linesOf(part).flatMap(parseEntry))
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

function parseEntry(line: string): readonly HookEntry[] {
  try {
    const entry = JSON.parse(line) as Partial<HookEntry> | null
    const isOne =
      typeof entry?.at_ms === 'number' && typeof entry.event === 'string' && typeof entry.session === 'string'
    return isOne ? [entry as HookEntry] : []
  } catch {
    return []
  }
}

/** What begins a session that was closed; hooks of one moment may be noted in another order. */
const BEGINNINGS = new Set(['SessionStart', 'UserPromptSubmit'])

/** When each session was closed, and not begun again since. */
export function sessionEnds(entries: readonly HookEntry[]): ReadonlyMap<string, number> {
  const ends = new Map<string, number>()
  for (const { at_ms: atMs, event, session } of entries) {
    if (event === 'SessionEnd') ends.set(session, atMs)
    else if (BEGINNINGS.has(event)) ends.delete(session)
  }
  return ends
}
