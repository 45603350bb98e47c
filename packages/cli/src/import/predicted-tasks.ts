import {
  allInput,
  estimateFor,
  knownCost,
  type Ledger,
  listTasks,
  rememberEstimate,
  type TaskRecord,
} from '@mosaicstack/telemetry-importers'
import type { Expectation, TaskNotes } from '@mosaicstack/telemetry-mcp/notes'

/** Predictions older than this belong to tasks that were sent long ago. */
const LOOK_BACK_MS = 7 * 24 * 60 * 60 * 1000

/**
 * Takes what hooks noted when a prompt was submitted over into the ledger. The notes are where a prediction is written,
 * because a hook has no time to open a database, and only the last few hundred are kept; the ledger keeps them with
 * their tasks.
 */
export function takeOverPredictions(ledger: Ledger, notes: TaskNotes, nowMs: number): void {
  for (const task of listTasks(ledger, { fromMs: nowMs - LOOK_BACK_MS })) {
    if (estimateFor(ledger, task.prompt) !== undefined) continue
    const note = notes.read(task.prompt)
    if (note === undefined) continue
    const { expected, predictedAtMs } = note
    rememberEstimate(ledger, task.prompt, {
      inputTokens: median(expected, 'input_tokens'),
      outputTokens: median(expected, 'output_tokens'),
      costUsdMicros: median(expected, 'cost_usd', 1_000_000),
      madeAtMs: predictedAtMs,
    })
  }
}

function median(expected: Expectation, quantity: keyof Expectation, unit = 1): number {
  return Math.round((expected[quantity]?.p50 ?? 0) * unit)
}

/** Notes what predicted tasks took in the end, so that `get_calibration` can say how predictions turn out. */
export function noteOutcomes(notes: TaskNotes, sent: readonly TaskRecord[], nowMs: number): void {
  for (const task of sent) {
    const note = notes.read(task.prompt)
    const nanoUsd = knownCost(task.cost)
    if (note === undefined || note.reported !== undefined || nanoUsd === undefined) continue
    const actual = {
      cost_usd: nanoUsd / 1e9,
      duration_s: task.durationMs / 1000,
      input_tokens: allInput(task.tokens),
      output_tokens: task.tokens.output,
    }
    notes.write(task.prompt, { ...note, reported: { atMs: nowMs, actual } })
  }
}
