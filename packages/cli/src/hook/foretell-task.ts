import { join } from 'node:path'

import { type Expectation, expectationOf, type Range, taskNoteFiles } from '@mosaicstack/telemetry-mcp/notes'
import { resolveSetting } from '@mosaicstack/telemetry-server/config'

import type { LocalState } from '../import/local-state.ts'
import { duration, usd } from '../output/format.ts'
import { readSessionNote, writeSessionNote } from '../statusline/session-note.ts'
import type { CachedForecast } from './forecast-cache.ts'

interface Foretold {
  readonly session: string
  readonly prompt: string
  readonly forecast: CachedForecast
}

/**
 * Remembers what is expected of a task: among the notes of predicted tasks, where the import and `get_calibration` look,
 * and for the status line.
 *
 * @returns the expectation in one line; undefined where nothing is known.
 */
export function foretellTask(state: LocalState, { forecast, prompt, session }: Foretold): string | undefined {
  const { query, response } = forecast
  const expected = expectationOf(response)
  if (Object.keys(expected).length === 0) return undefined
  const notes = taskNoteFiles(join(resolveSetting('dataDir', undefined, process.env), 'predicted-tasks'))
  const { complexity, model, provider, task_type } = query
  // The first expectation stands: a prompt that is submitted again is the same task.
  if (notes.read(prompt) === undefined) {
    notes.write(prompt, {
      predictedAtMs: Date.now(),
      query: { task_type, model, provider, complexity },
      expected,
    })
  }
  const { p10, p90 } = expected.cost_usd ?? {}
  writeSessionNote(state.sessions, session, {
    ...readSessionNote(state.sessions, session),
    prompt_id: prompt,
    before_usd: null,
    expected_usd: p10 === undefined || p90 === undefined ? null : [p10, p90],
  })
  return expectationLine(model, expected)
}

/** Short: it is read before every prompt. `predict` says the rest. */
function expectationLine(
  model: string,
  { cost_usd: cost, duration_s: time }: Expectation,
): string | undefined {
  const parts = [
    ...(cost === undefined ? [] : [`cost ${rangeText(cost, (dollars) => usd(dollars * 1e6))}`]),
    ...(time === undefined ? [] : [`take ${rangeText(time, (seconds) => duration(seconds * 1000))}`]),
  ]
  return parts.length === 0 ? undefined : `Most tasks with ${model} ${parts.join(' and ')}.`
}

function rangeText({ p10, p50, p90 }: Range, format: (value: number) => string): string {
  if (p10 === undefined || p90 === undefined) return `about ${format(p50)}`
  return `${format(p10)} – ${format(p90)} (half below ${format(p50)})`
}
