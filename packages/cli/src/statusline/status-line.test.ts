import { expect, it } from 'vitest'

import { NO_NOTE, type SessionNote } from './session-note.ts'
import type { SpendCache } from './spend-cache.ts'
import { nextNote, readStatusInput, statusLine } from './status-line.ts'

const TODAY = '2026-11-21'
const cache: SpendCache = {
  day: TODAY,
  today_usd: 4,
  today_is_partial: false,
  session_usd: { s: 1 },
  latest_model: null,
}
const input = readStatusInput({
  session_id: 's',
  prompt_id: 'p',
  cost: { total_cost_usd: 1.25 },
  context_window: { used_percentage: 41 },
})
const foretold: SessionNote = { prompt_id: 'p', before_usd: null, latest_usd: 0.75, expected_usd: [0.1, 1.2] }

it('says what was spent today, in this session and for this task, and what was expected', () => {
  const line = statusLine(input, nextNote(foretold, input), cache, TODAY)

  expect(line).toBe('$4.25 today · $1.25 session · task $0.50 of $0.10 – $1.20 · 41 % context')
})

it('measures a task from the last call before it, however often it is called', () => {
  const first = nextNote(foretold, input)
  const second = nextNote(first, { ...input, sessionUsd: 1.5 })
  const nextPrompt = nextNote(second, { ...input, prompt: 'q', sessionUsd: 1.6 })

  expect([first.before_usd, second.before_usd, nextPrompt.before_usd]).toEqual([0.75, 0.75, 1.5])
  expect(nextPrompt.expected_usd).toBeNull()
})

it('begins at nothing on a new day, and marks what is not all known', () => {
  expect(statusLine(input, NO_NOTE, cache, '2026-11-22')).toMatch(/^\$0\.25 today · /)
  expect(statusLine(input, NO_NOTE, { ...cache, today_is_partial: true }, TODAY)).toMatch(
    /^≥ \$4\.25 today · /,
  )
})

it('never subtracts where the agent counts each run of a session anew', () => {
  expect(statusLine({ ...input, sessionUsd: 0.2 }, NO_NOTE, cache, TODAY)).toMatch(
    /^\$4\.00 today · \$0\.20 /,
  )
})
