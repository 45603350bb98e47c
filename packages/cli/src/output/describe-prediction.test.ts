import type {
  PredictionData,
  PredictionQuery,
  PredictionResponse,
} from '@mosaicstack/telemetry-client/protocol'
import { expect, it } from 'vitest'

import { describePrediction } from './describe-prediction.ts'

const query: PredictionQuery = {
  task_type: 'implementation',
  model: 'claude-sonnet-4-5',
  provider: 'anthropic',
  complexity: 'medium',
}
const prediction: PredictionData = {
  input_tokens: { p10: 40_000, p25: 100_000, median: 200_000, p75: 300_000, p90: 360_000 },
  output_tokens: { p10: 4000, p25: 10_000, median: 20_000, p75: 30_000, p90: 36_000 },
  cost_usd_micros: { median: 200_000 },
  duration_ms: { median: 200_000 },
  correction_factors: { input: 2, output: 0.5 },
  quality: { gate_pass_rate: 1, success_rate: 0.9 },
}
const metadata: PredictionResponse['metadata'] = {
  sample_size: 39,
  fallback_level: 0,
  confidence: 'medium',
  last_updated: null,
  dimensions_matched: null,
  fallback_note: null,
  cache_hit: false,
  instances: 1,
}

it('tells what was observed where there is no forecast', () => {
  const text = describePrediction(query, prediction, { metadata }, { input: undefined, output: undefined })

  expect(text.split('\n')).toEqual([
    'implementation, medium, claude-sonnet-4-5 (anthropic)',
    '',
    '               8 of 10 tasks  half below',
    'input tokens    40.0k – 360k        200k',
    'output tokens   4.0k – 36.0k       20.0k',
    'cost                               $0.20',
    'duration                         3.3 min',
    '',
    '90 % succeeded; 100 % passed their quality gates.',
    'From 39 tasks of 1 instance; confidence medium.',
  ])
})

it('corrects the estimates that it is given', () => {
  const text = describePrediction(query, prediction, { metadata }, { input: 45_000, output: undefined })

  expect(text).toContain('Your estimate, corrected by what estimates missed: 90.0k input tokens.')
})
