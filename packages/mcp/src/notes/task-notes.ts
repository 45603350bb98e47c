import type { PredictionQuery } from '@mosaicstack/telemetry-client'

/** What was expected of a task, and later what it took: kept on this machine, sent nowhere. */
export interface TaskNote {
  readonly predictedAtMs: number
  readonly query: Pick<PredictionQuery, 'task_type' | 'model' | 'provider' | 'complexity'>
  /** Empty where nothing was known. */
  readonly expected: Expectation
  /** The first report; a later one does not change it, as on the server. */
  readonly reported?: { readonly atMs: number; readonly actual: Actual } | undefined
}

export const quantities = ['cost_usd', 'duration_s', 'input_tokens', 'output_tokens'] as const
export type Quantity = (typeof quantities)[number]

/** What four of five tasks stay within, and what half of them stay below. */
export interface Range {
  readonly p10?: number | undefined
  readonly p50: number
  readonly p90?: number | undefined
}
export type Expectation = { readonly [Name in Quantity]?: Range }
export type Actual = { readonly [Name in Quantity]: number }

/** Remembers predicted tasks between calls and processes. Best effort: a note that is lost costs a comparison, no event. */
export interface TaskNotes {
  read(taskId: string): TaskNote | undefined
  write(taskId: string, note: TaskNote): void
  /** Notes of tasks that were reported, the latest first. */
  reported(): readonly TaskNote[]
}
