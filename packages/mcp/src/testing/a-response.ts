import type { ForecastDistribution, PredictionResponse } from '@mosaicstack/telemetry-client'

const metadata: PredictionResponse['metadata'] = {
  sample_size: 200,
  fallback_level: 0,
  confidence: 'high',
  last_updated: null,
  dimensions_matched: null,
  fallback_note: null,
  cache_hit: false,
  instances: 12,
}

/** What a server answers that knows a lot: every range goes from 100 to 900 of its unit, half of the tasks below 300. */
export function aResponse(): PredictionResponse {
  const observed = { p10: 100, p25: 200, median: 300, p75: 500, p90: 900 }
  return {
    prediction: {
      input_tokens: observed,
      output_tokens: observed,
      cost_usd_micros: { median: 300 },
      duration_ms: { median: 300 },
      correction_factors: { input: 1.5, output: 0.8 },
      quality: { gate_pass_rate: 0.9, success_rate: 0.8 },
    },
    metadata,
    forecast: {
      input_tokens: range(1000),
      output_tokens: range(100),
      cost_usd_micros: range(10_000),
      duration_ms: range(1000),
      success_probability: { value: 0.84, p5: 0.7, p95: 0.9 },
      cost_per_success_usd_micros: 4_761_904,
      exceeds: [{ metric: 'cost_usd_micros', budget: 2_000_000, probability: 0.66667 }],
      evidence: { effective_samples: 40, instances: 12, memory_days: 180 },
      calibration: { target: 0.8, observed_30d: 0.79, n: 1200 },
    },
  }
}

export function anEmptyResponse(): PredictionResponse {
  return {
    prediction: null,
    metadata: { ...metadata, sample_size: 0, fallback_level: -1, confidence: 'none' },
  }
}

function range(unit: number): ForecastDistribution {
  const percentiles = {
    p5: 50,
    p10: 100,
    p25: 200,
    p50: 300,
    p75: 500,
    p90: 900,
    p95: 1200,
    p99: 2000,
    mean: 400,
  }
  const scaled = Object.entries(percentiles).map(([name, value]) => [name, value * unit])
  return Object.fromEntries(scaled) as ForecastDistribution
}
