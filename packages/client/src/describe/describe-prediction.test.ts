import { describe, expect, it } from 'vitest'

import type { Forecast, PredictionData, PredictionQuery, PredictionResponse } from '../protocol/index.ts'
import { describePrediction, summarisePrediction } from './describe-prediction.ts'

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
  correction_factors: { input: 2, output: 1 },
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
const cost = {
  p5: 40_000,
  p10: 50_000,
  p25: 90_000,
  p50: 190_000,
  p75: 400_000,
  p90: 710_000,
  p95: 1e6,
  p99: 2e6,
}
const forecast: Forecast = {
  cost_usd_micros: { ...cost, mean: 280_000 },
  success_probability: { value: 0.9, p5: 0.8, p95: 0.96 },
  cost_per_success_usd_micros: 310_000,
  exceeds: [],
  evidence: { effective_samples: 38.7, instances: 12, memory_days: 45 },
  calibration: { target: 0.8, observed_30d: 0.79, n: 156 },
}

describe('describePrediction', () => {
  it('speaks of the forecast, and of what was observed where there is none', () => {
    const words = describePrediction(query, { prediction, metadata, forecast })

    expect(words).toEqual({
      amounts: [
        { what: 'cost', range: '$0.050 – $0.71', median: '$0.19' },
        { what: 'duration', range: undefined, median: '3.3 min' },
        { what: 'input tokens', range: '40.0k – 360k', median: '200k' },
        { what: 'output tokens', range: '4.0k – 36.0k', median: '20.0k' },
      ],
      outcome: [
        'Its chance of success is 90 % (80 % to 96 %).',
        'A success costs $0.31 on average, failed tries included.',
      ],
      budgets: [],
      estimates: [],
      origin: [
        'Reported by 12 instances, worth 39 independent tasks of exactly this kind.',
        'A task of 45 days ago counts half.',
        'Observed: 39 tasks of 1 instance, confidence medium; 100 % report passed quality gates.',
      ],
      certainty: ['Of 156 ranges in 30 days 79 % held (80 % is right).'],
    })
  })

  it('is never certain of success', () => {
    const success = { value: 0.9981, p5: 0.9951, p95: 0.9999 }

    const words = describePrediction(query, {
      prediction,
      metadata,
      forecast: { ...forecast, success_probability: success },
    })

    expect(words?.outcome[0]).toBe('Its chance of success is more than 99 %.')
  })

  it('says less without a forecast', () => {
    const words = describePrediction(query, { prediction, metadata })!

    expect(words.amounts[0]).toEqual({ what: 'cost', range: undefined, median: '$0.20' })
    expect(words.outcome).toEqual(['90 % of such tasks succeeded.'])
    expect(words.origin).toEqual([
      'Observed: 39 tasks of 1 instance, confidence medium; 100 % report passed quality gates.',
    ])
    expect(words.certainty).toEqual(['No forecast yet: ranges are those of the tasks observed.'])
  })

  it('shows a forecast where too few have reported to publish what was observed', () => {
    const words = describePrediction(query, { prediction: null, metadata, forecast })!

    expect(words.amounts.map(({ what }) => what)).toEqual(['cost'])
    expect(words.origin).toHaveLength(2)
  })

  it('says nothing where nothing is known', () => {
    const words = describePrediction(query, { prediction: null, metadata })

    expect(words).toBeUndefined()
  })

  it.each([
    [0.343, 'The chance that it costs more than $2.00 is 34 %.'],
    [0.004, 'The chance that it costs more than $2.00 is less than 1 %.'],
    [0.9999, 'The chance that it costs more than $2.00 is more than 99 %.'],
  ])('says how likely a budget is to be exceeded: %d', (probability, sentence) => {
    const exceeds = [{ metric: 'cost_usd_micros', budget: 2_000_000, probability }] as const

    const words = describePrediction(
      { ...query, budget_cost_usd_micros: 2_000_000 },
      { prediction, metadata, forecast: { ...forecast, exceeds } },
    )

    expect(words?.budgets).toEqual([sentence])
  })

  it('says which budgets have no answer yet', () => {
    const asked = {
      ...query,
      budget_duration_ms: 600_000,
      budget_input_tokens: 0,
      budget_output_tokens: null,
    }

    const words = describePrediction(asked, { prediction, metadata, forecast })

    expect(words?.budgets).toEqual([
      'Whether it takes longer than 10 min cannot be said: there is no forecast of its duration yet.',
      'Whether it reads more than 0 tokens cannot be said: there is no forecast of its input tokens yet.',
    ])
  })

  it('corrects estimates by what estimates missed', () => {
    const words = describePrediction(query, { prediction, metadata }, { input: 45_000, output: 1000 })

    expect(words?.estimates).toEqual([
      'Your estimate of 45.0k input tokens is rather 90.0k: such tasks take 2.0 times what is estimated.',
      'Your estimate of 1.0k output tokens stands: no estimate of such a task is known to be wrong.',
    ])
  })

  it.each([
    [
      { effective_samples: 0.4, instances: 0, memory_days: 180 },
      'Too little like it has been reported; the other tasks are worth less than one independent task of exactly this kind.',
    ],
    [
      { effective_samples: 1.2, instances: 1, memory_days: 180 },
      'Reported by 1 instance, worth 1 independent task of exactly this kind.',
    ],
  ])('says what a forecast rests on: %j', (evidence, sentence) => {
    const words = describePrediction(query, { prediction, metadata, forecast: { ...forecast, evidence } })

    expect(words?.origin[0]).toBe(sentence)
  })

  it('does not call it a failure that nobody runs quality gates', () => {
    const quality = { gate_pass_rate: 0, success_rate: 0.9 }

    const words = describePrediction(query, { prediction: { ...prediction, quality }, metadata })

    expect(words?.origin).toEqual([
      'Observed: 39 tasks of 1 instance, confidence medium; none reports passed quality gates.',
    ])
  })

  it('says what a wider group left out', () => {
    const wider = {
      ...metadata,
      confidence: 'low',
      fallback_note: 'Not enough data: ignored complexity',
    } as const

    const words = describePrediction(query, { prediction, metadata: wider })

    expect(words?.origin).toEqual([
      'Observed: 39 tasks of 1 instance, confidence low; 100 % report passed quality gates.',
      'Not enough data: ignored complexity.',
    ])
  })

  it('says that the range of a few tasks is all that they took', () => {
    const words = describePrediction(query, { prediction, metadata: { ...metadata, sample_size: 3 } })

    expect(words?.certainty).toEqual([
      'No forecast yet: ranges go from the least to the most that 3 tasks took.',
    ])
  })

  it.each([
    [null, 0, 'No range has been put to the test yet.'],
    [0.5, 12, 'Of 12 ranges in 30 days 50 % held (80 % is right), too few to judge by.'],
    [0.75, 400, 'Of 400 ranges in 30 days 75 % held (80 % is right).'],
    [0.79, 19_600, 'Of 19600 ranges in 30 days 79 % held (80 % is right).'],
    [0.71, 400, 'Of 400 ranges in 30 days 71 % held (80 % is right): they are too narrow.'],
    [0.9, 400, 'Of 400 ranges in 30 days 90 % held (80 % is right): they are too wide.'],
  ])('says how far ranges can be believed: %j of %d', (observed, n, sentence) => {
    const calibration = { target: 0.8, observed_30d: observed, n }

    const words = describePrediction(query, { prediction, metadata, forecast: { ...forecast, calibration } })

    expect(words?.certainty).toEqual([sentence])
  })
})

describe('summarisePrediction', () => {
  it('says it in one line, the range first', () => {
    const line = summarisePrediction(query, { prediction, metadata, forecast })

    expect(line).toBe(
      'Expect cost $0.050 – $0.71 (half below $0.19), duration about 3.3 min, ' +
        'input tokens 40.0k – 360k (half below 200k), output tokens 4.0k – 36.0k (half below 20.0k). ' +
        'Its chance of success is 90 % (80 % to 96 %). A success costs $0.31 on average, failed tries included. ' +
        'Of 156 ranges in 30 days 79 % held (80 % is right).',
    )
  })

  it('says nothing where nothing is known', () => {
    expect(summarisePrediction(query, { prediction: null, metadata })).toBeUndefined()
  })
})
