import type { PredictionQuery } from '@mosaicstack/telemetry-client/protocol'
import type { Observation } from '../predictions/observation.ts'

/** A moment inside a UTC day, far from its ends. */
export const NOW_MS = Date.UTC(2026, 10, 21, 12)

export const DAY_MS = 86_400_000

/** The query that `anObservation()` matches exactly. */
export const aQuery = {
  task_type: 'implementation',
  model: 'claude-sonnet-4-5',
  provider: 'anthropic',
  complexity: 'medium',
} as const satisfies PredictionQuery

/** One successful task without estimates or gates; a test names the fields that matter to it. */
export function anObservation(fields: Partial<Observation> = {}): Observation {
  return {
    instanceId: instance(0),
    receivedAtMs: NOW_MS,
    taskType: 'implementation',
    model: 'claude-sonnet-4-5',
    provider: 'anthropic',
    complexity: 'medium',
    inputTokens: 1000,
    outputTokens: 100,
    costUsdMicros: 5000,
    durationMs: 60_000,
    estimatedInputTokens: 0,
    estimatedOutputTokens: 0,
    succeeded: true,
    gatesPassed: false,
    gatesListed: false,
    ...fields,
  }
}

/** The same observation for each of some input token counts. */
export function observationsOf(
  inputTokens: readonly number[],
  fields: Partial<Observation> = {},
): Observation[] {
  return inputTokens.map((tokens) => anObservation({ inputTokens: tokens, ...fields }))
}

/** The id of the instance with a number. */
export function instance(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}
