import type {
  ForecastEvidence,
  PredictionData,
  PredictionMetadata,
  PredictionResponse,
} from '../protocol/index.ts'
import { counted, percent } from './format.ts'

/** Where a prediction comes from: first what the forecast rests on, then what was observed. */
export function describeOrigin({ forecast, metadata, prediction }: PredictionResponse): string[] {
  return [
    ...(forecast === undefined ? [] : describeEvidence(forecast.evidence)),
    ...(prediction === null ? [] : describeObserved(metadata, prediction)),
  ]
}

function describeEvidence(evidence: ForecastEvidence): string[] {
  const { effective_samples: samples, instances, memory_days: days } = evidence
  const worth = samples < 1 ? 'less than one' : String(Math.round(samples))
  const source =
    instances === 0
      ? 'Too little like it has been reported; the other tasks are'
      : `Reported by ${counted(instances, 'instance')},`
  return [
    `${source} worth ${worth} independent ${samples < 1.5 ? 'task' : 'tasks'} of exactly this kind.`,
    `A task of ${days} days ago counts half.`,
  ]
}

function describeObserved(metadata: PredictionMetadata, { quality }: PredictionData): string[] {
  const { confidence, fallback_note: note, instances, sample_size: size } = metadata
  const by = instances === undefined ? '' : ` of ${counted(instances, 'instance')}`
  // Tasks that ran no gates count as none passed, where nobody at the level ran any.
  const passed = quality.gate_pass_rate === 0 ? 'none reports' : `${percent(quality.gate_pass_rate)} report`
  return [
    `Observed: ${counted(size, 'task')}${by}, confidence ${confidence}; ${passed} passed quality gates.`,
    ...(note === null ? [] : [`${note}.`]),
  ]
}
