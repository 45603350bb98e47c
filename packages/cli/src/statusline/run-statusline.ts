/** One line for Claude Code's status bar, of what is at hand: its own words and small files. No network, no database. */
import { ledgerPath, thisMachine } from '@mosaicstack/telemetry-importers/places'

import { complain, say } from '../hook/quick-output.ts'
import { readStdinObject } from '../hook/read-hook.ts'
import { localState } from '../import/local-state.ts'
import { readSessionNote, writeSessionNote } from './session-note.ts'
import { localDay, readSpendCache } from './spend-cache.ts'
import { nextNote, readStatusInput, statusLine } from './status-line.ts'

export function runStatusline(): void {
  const told = readStdinObject()
  if (told === undefined) {
    complain('Claude Code calls this with JSON on stdin; `mosaic-telemetry init claude-code` sets it up.')
    return
  }
  const state = localState(ledgerPath(thisMachine()))
  const input = readStatusInput(told)
  const note = nextNote(readSessionNote(state.sessions, input.session), input)
  if (input.session !== '') writeSessionNote(state.sessions, input.session, note)
  say(statusLine(input, note, readSpendCache(state.spendCache), localDay(Date.now())))
}
