import type { PredictionResponse } from '@mosaicstack/telemetry-client/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anObservation, aQuery, DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { answering } from './answering.ts'
import { Predictor } from './predictor.ts'
import { rounded, roundedAnswers } from './rounded-answers.ts'
import { Units } from './units.ts'

it('gives three significant digits of every value, and the hour of the newest event', () => {
  const { prediction, metadata, forecast } = roundedAnswers({ predict: () => exact }).predict(aQuery)

  expect(prediction).toMatchObject({
    input_tokens: { p10: 123_000, median: 457_000, p90: 1_230_000 },
    cost_usd_micros: { median: 98_800 },
    correction_factors: { input: 1.23, output: 0.988 },
    quality: { success_rate: 0.667, gate_pass_rate: 1 },
  })
  expect(metadata).toMatchObject({
    sample_size: 1234,
    instances: 57,
    newest_event_at: '2026-11-21T11:00:00.000Z',
    last_updated: '2026-11-21T12:00:00.000Z',
    max_instance_share: 0.137,
    effective_sample_size: 13.4,
  })
  expect(forecast).toMatchObject({
    cost_usd_micros: { p5: 12_300, p50: 98_800, mean: 123_000 },
    success_probability: { value: 0.712, p5: 0.632, p95: 0.779 },
    cost_per_success_usd_micros: 173_000,
    exceeds: [{ metric: 'cost_usd_micros', budget: 2_345_678, probability: 0.123 }],
    evidence: { effective_samples: 57.1, instances: 12, memory_days: 45 },
    calibration: exact.forecast!.calibration,
  })
  expect(forecast).not.toHaveProperty('input_tokens')
})

it('keeps percentiles in order, and leaves zero and what is short already alone', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (a, b) => {
      expect(Math.sign(rounded(a) - rounded(b)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0)
      expect(Math.abs(rounded(a) - a)).toBeLessThanOrEqual(0.005 * a)
    }),
  )
  expect([0, 1, 0.5, 999].map(rounded)).toEqual([0, 1, 0.5, 999])
})

it('says that there is no data as everybody does', () => {
  const units = new Units({ windowMs: 90 * DAY_MS })
  const plain = answering(new Predictor(units, { minInstances: 1 }, () => NOW_MS), {
    forecast: () => undefined,
  })

  expect(roundedAnswers(plain).predict(aQuery)).toEqual(plain.predict(aQuery))
  units.fold(anObservation({ instanceId: instance(0), inputTokens: 12_345 }))
  expect(roundedAnswers(plain).predict(aQuery).prediction?.input_tokens.median).toBe(12_300)
})

const tokens = { p10: 123_456, p25: 234_567, median: 456_789, p75: 567_891, p90: 1_234_567 }
const distribution = {
  p5: 12_345,
  p10: 23_456,
  p25: 34_567,
  p50: 98_765,
  p75: 99_999,
  p90: 101_234,
  p95: 2,
  p99: 3,
  mean: 123_456,
}
const exact: PredictionResponse = {
  prediction: {
    input_tokens: tokens,
    output_tokens: tokens,
    cost_usd_micros: { median: 98_765 },
    duration_ms: { median: 60_000 },
    correction_factors: { input: 1.2345, output: 0.9876 },
    quality: { gate_pass_rate: 1, success_rate: 0.6667 },
  },
  metadata: {
    sample_size: 1234,
    fallback_level: 0,
    confidence: 'high',
    last_updated: '2026-11-21T12:00:00.000Z',
    dimensions_matched: { ...aQuery },
    fallback_note: null,
    cache_hit: false,
    newest_event_at: '2026-11-21T11:59:59.999Z',
    instances: 57,
    max_instance_share: 0.1365,
    effective_sample_size: 13.37,
    model_canonical: aQuery.model,
  },
  forecast: {
    cost_usd_micros: distribution,
    success_probability: { value: 0.7123, p5: 0.6321, p95: 0.7789 },
    cost_per_success_usd_micros: 173_321,
    exceeds: [{ metric: 'cost_usd_micros', budget: 2_345_678, probability: 0.12345 }],
    evidence: { effective_samples: 57.12, instances: 12, memory_days: 45 },
    calibration: { target: 0.8, observed_30d: 0.8064, n: 5120 },
  },
}
