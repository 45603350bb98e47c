import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'
import { canonicalModel } from '../predictions/model-name.ts'
import { reportsUsage } from '../predictions/observation.ts'
import type { Observation } from '../predictions/observation.ts'
import type { BacktestEvent } from './run-backtest.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Stored events as a stream, in order of arrival. Events without usage count nowhere. */
export function streamOfObservations(observations: readonly Observation[]): readonly BacktestEvent[] {
  return observations
    .filter(reportsUsage)
    .toSorted((a, b) => a.receivedAtMs - b.receivedAtMs)
    .map((observation) => ({
      cell: {
        taskType: observation.taskType,
        model: canonicalModel(observation.model),
        provider: observation.provider,
        complexity: observation.complexity,
      },
      instanceId: observation.instanceId,
      day: Math.floor(observation.receivedAtMs / DAY_MS),
      values: [
        observation.inputTokens,
        observation.outputTokens,
        observation.costUsdMicros,
        observation.durationMs,
      ],
      succeeded: observation.succeeded,
    }))
}

/** A reported event as if it had arrived when it says it happened. */
export function observationOfEvent(
  event: Omit<TaskCompletionEvent, 'event_id' | 'instance_id'> & { readonly instance_id?: string },
): Observation {
  return {
    instanceId: event.instance_id ?? '00000000-0000-4000-8000-000000000000',
    receivedAtMs: Date.parse(event.timestamp ?? ''),
    taskType: event.task_type,
    model: event.model,
    provider: event.provider,
    complexity: event.complexity,
    inputTokens: event.actual_input_tokens,
    outputTokens: event.actual_output_tokens,
    costUsdMicros: event.actual_cost_usd_micros,
    durationMs: event.task_duration_ms,
    estimatedInputTokens: event.estimated_input_tokens,
    estimatedOutputTokens: event.estimated_output_tokens,
    succeeded: event.outcome === 'success',
    gatesPassed: event.quality_gate_passed,
    gatesListed: false,
  }
}
