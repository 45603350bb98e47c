import type {
  Forecast,
  ForecastDistribution,
  PredictionData,
  PredictionMetadata,
  PredictionResponse,
} from '@mosaicstack/telemetry-client/protocol'
import type { Answering } from './answering.ts'

const HOUR_MS = 60 * 60 * 1000

/**
 * Answers that do not tell a single value of anybody: three significant digits, and the newest event to the hour.
 * Counts of events and instances stay whole: they name no value, and the fields that say how sure to be rest on them.
 */
export function roundedAnswers(answering: Answering): Answering {
  return {
    predict(query) {
      const { prediction, metadata, forecast } = answering.predict(query)
      const answer: PredictionResponse = {
        prediction: prediction === null ? null : roundedPrediction(prediction),
        metadata: roundedMetadata(metadata),
      }
      return forecast === undefined ? answer : { ...answer, forecast: roundedForecast(forecast) }
    },
  }
}

/** To three significant digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}

function roundedPrediction(prediction: PredictionData): PredictionData {
  const { input_tokens, output_tokens, cost_usd_micros, duration_ms, correction_factors, quality } =
    prediction
  return {
    input_tokens: eachRounded(input_tokens),
    output_tokens: eachRounded(output_tokens),
    cost_usd_micros: eachRounded(cost_usd_micros),
    duration_ms: eachRounded(duration_ms),
    correction_factors: eachRounded(correction_factors),
    quality: eachRounded(quality),
  }
}

function roundedMetadata(metadata: PredictionMetadata): PredictionMetadata {
  const { newest_event_at: newest, max_instance_share: share, effective_sample_size: size } = metadata
  return {
    ...metadata,
    ...(typeof newest === 'string' && { newest_event_at: toTheHour(newest) }),
    ...(share !== undefined && { max_instance_share: rounded(share) }),
    ...(size !== undefined && { effective_sample_size: rounded(size) }),
  }
}

function toTheHour(time: string): string {
  return new Date(Math.floor(Date.parse(time) / HOUR_MS) * HOUR_MS).toISOString()
}

function roundedForecast(forecast: Forecast): Forecast {
  const { success_probability: success, cost_per_success_usd_micros: cost, exceeds, evidence } = forecast
  return {
    ...forecast,
    ...roundedDistributions(forecast),
    ...(success !== undefined && { success_probability: eachRounded(success) }),
    ...(cost !== undefined && { cost_per_success_usd_micros: rounded(cost) }),
    exceeds: exceeds.map(({ metric, budget, probability }) => ({
      metric,
      budget,
      probability: rounded(probability),
    })),
    evidence: { ...evidence, effective_samples: rounded(evidence.effective_samples) },
  }
}

const METRICS = ['input_tokens', 'output_tokens', 'cost_usd_micros', 'duration_ms'] as const

function roundedDistributions(forecast: Forecast): {
  [Name in (typeof METRICS)[number]]?: ForecastDistribution
} {
  return Object.fromEntries(
    METRICS.flatMap((name) => {
      const distribution = forecast[name]
      return distribution === undefined ? [] : [[name, eachRounded(distribution)]]
    }),
  )
}

function eachRounded<Numbers extends { readonly [Key in keyof Numbers]: number }>(numbers: Numbers): Numbers {
  return Object.fromEntries(
    Object.entries<number>(numbers).map(([name, value]) => [name, rounded(value)]),
  ) as Numbers
}
