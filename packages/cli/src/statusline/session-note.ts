/**
 * What hook and status line remember of a session: which prompt is worked on, what it was expected to cost, and what
 * the session had cost when it began. A small file a session; an import removes those of last week.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
export interface SessionNote {
  readonly prompt_id: string | null
  /** What the session had cost before the prompt; null until the status line was called for it. */
  readonly before_usd: number | null
  /** What it had cost when the status line was called last. */
  readonly latest_usd: number
  /** Four of five such tasks cost between these. */
  readonly expected_usd: readonly [p10: number, p90: number] | null
}

export const NO_NOTE: SessionNote = { prompt_id: null, before_usd: null, latest_usd: 0, expected_usd: null }

const KEPT_MS = 7 * 24 * 60 * 60_000

export function readSessionNote(directory: string, session: string): SessionNote {
  try {
    const note = JSON.parse(readFileSync(fileOf(directory, session), 'utf8')) as Partial<SessionNote> | null
    return { ...NO_NOTE, ...note }
  } catch {
    return NO_NOTE
  }
}

/** Best effort: without it the status line says less. */
export function writeSessionNote(directory: string, session: string, note: SessionNote): void {
  try {
    makeDirectory(directory)
    const file = fileOf(directory, session)
    writeFileSync(`${file}.${process.pid}.part`, JSON.stringify(note), { mode: 0o600 })
    renameSync(`${file}.${process.pid}.part`, file)
  } catch {
    // A full disk, or a directory that is not ours.
  }
}

export function forgetOldSessions(directory: string, nowMs: number): void {
  try {
    for (const name of readdirSync(directory)) {
      const file = join(directory, name)
      if (nowMs - statSync(file).mtimeMs > KEPT_MS) rmSync(file, { force: true })
    }
  } catch {
    // Not there, or another import was quicker.
  }
}

function fileOf(directory: string, session: string): string {
  return join(directory, `${encodeURIComponent(session).slice(0, 200)}.json`)
}
