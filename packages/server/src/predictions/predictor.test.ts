import type { PredictionQuery } from '@mosaicstack/telemetry-client/protocol'
import { describe, expect, it } from 'vitest'
import { anObservation, aQuery, DAY_MS, instance, NOW_MS, observationsOf } from '../testing/an-observation.ts'
import type { Observation } from './observation.ts'
import { Predictor } from './predictor.ts'
import type { PredictorSettings } from './predictor.ts'
import { Units } from './units.ts'

const WINDOW_MS = 90 * DAY_MS
const NOTHING_MATCHED = { task_type: null, model: null, provider: null, complexity: null }

describe('the reference cases', () => {
  it('1: takes type 6 percentiles of an exact cell', () => {
    const events = observationsOf([1, 2, 3, 4, 5, 6, 7, 8, 9].map((thousands) => thousands * 1000))

    const { prediction, metadata } = predict(events)

    expect(prediction?.input_tokens).toEqual({ p10: 1000, p25: 2500, median: 5000, p75: 7500, p90: 9000 })
    expect(metadata).toMatchObject({
      sample_size: 9,
      fallback_level: 0,
      confidence: 'low',
      fallback_note: null,
    })
    expect(metadata.dimensions_matched).toEqual(aQuery)
  })

  it('2: answers from four events where no level has five', () => {
    const { prediction, metadata } = predict(observationsOf([100, 200, 300, 400]))

    expect(prediction?.input_tokens).toEqual({ p10: 100, p25: 125, median: 250, p75: 375, p90: 400 })
    expect(metadata).toMatchObject({ sample_size: 4, fallback_level: 0, confidence: 'low' })
  })

  it('3: rounds halves up', () => {
    const { prediction } = predict(observationsOf([100, 101]))

    expect(prediction?.input_tokens).toMatchObject({ p10: 100, median: 101, p90: 101 })
  })

  it('4: drops complexity first', () => {
    const events = [...observationsOf([10, 10]), ...observationsOf(times(6, 20), { complexity: 'high' })]

    const { prediction, metadata } = predict(events)

    expect(prediction?.input_tokens).toMatchObject({ p10: 10, p25: 13, median: 20 })
    expect(metadata).toMatchObject({
      sample_size: 8,
      fallback_level: 1,
      fallback_note: 'Not enough data for an exact match: ignored complexity',
      dimensions_matched: { ...aQuery, complexity: null },
    })
  })

  it('5: then drops the provider', () => {
    const others = observationsOf(times(4, 20), { provider: 'openrouter', complexity: 'high' })

    const { metadata } = predict([...observationsOf(times(3, 10)), ...others])

    expect(metadata).toMatchObject({
      sample_size: 7,
      fallback_level: 2,
      fallback_note: 'Not enough data for an exact match: ignored complexity and provider',
      dimensions_matched: { ...aQuery, provider: null, complexity: null },
    })
  })

  it('6: then the task type, and keeps the model', () => {
    const sameModel = observationsOf(times(5, 7), { taskType: 'testing' })
    const sameTask = observationsOf(times(50, 9), { model: 'gpt-5' })

    const { prediction, metadata } = predict([...sameModel, ...sameTask])

    expect(prediction?.input_tokens).toEqual(all(7))
    expect(metadata).toMatchObject({
      sample_size: 5,
      fallback_level: 3,
      fallback_note: 'Not enough data for an exact match: ignored task_type, provider and complexity',
      dimensions_matched: { ...NOTHING_MATCHED, model: aQuery.model },
    })
  })

  it('7: keeps the task type instead where the model is unknown', () => {
    const sameTask = observationsOf(times(5, 9), { model: 'gpt-5' })
    const others = observationsOf(times(5, 1), { model: 'gpt-5', taskType: 'testing' })

    const { prediction, metadata } = predict([...sameTask, ...others])

    expect(prediction?.input_tokens).toEqual(all(9))
    expect(metadata).toMatchObject({
      fallback_level: 3,
      fallback_note: 'Not enough data for an exact match: ignored model, provider and complexity',
      dimensions_matched: { ...NOTHING_MATCHED, task_type: aQuery.task_type },
    })
  })

  it('8: uses everything where nothing is in common', () => {
    const { metadata } = predict(observationsOf(times(5, 9), { model: 'gpt-5', taskType: 'testing' }))

    expect(metadata).toMatchObject({
      sample_size: 5,
      fallback_level: 4,
      confidence: 'low',
      fallback_note: 'Not enough data for an exact match: used all tasks and models',
      dimensions_matched: NOTHING_MATCHED,
    })
  })

  it('9: says that there is no data', () => {
    const { prediction, metadata } = predict([])

    expect(prediction).toBeNull()
    expect(metadata).toEqual({
      sample_size: 0,
      fallback_level: -1,
      confidence: 'none',
      last_updated: null,
      dimensions_matched: NOTHING_MATCHED,
      fallback_note: 'No data yet',
      cache_hit: false,
      newest_event_at: null,
      instances: 0,
      max_instance_share: 0,
      effective_sample_size: 0,
      model_canonical: 'claude-sonnet-4-5',
    })
  })

  it('10: corrects by the median of actual / estimated, without events that had no estimate', () => {
    const actualAndEstimate = [
      [500, 1000],
      [3000, 2000],
      [800, 400],
      [900, 0],
      [900, 0],
    ] as const
    const events = actualAndEstimate.map(([inputTokens, estimatedInputTokens]) =>
      anObservation({ inputTokens, estimatedInputTokens }),
    )

    const { prediction } = predict(events)

    expect(prediction?.correction_factors).toEqual({ input: 1.5, output: 1 })
  })

  it('11: counts gates only where some ran', () => {
    const events = [
      ...[false, true, true].map((gatesPassed) => anObservation({ gatesListed: true, gatesPassed })),
      ...times(3, 0).map(() => anObservation({ succeeded: false })),
    ]

    const { prediction } = predict(events)

    expect(prediction?.quality).toEqual({ success_rate: 0.5, gate_pass_rate: 0.6667 })
  })

  it('12: does not let one of eleven instances steer the answer with ninety events', () => {
    const honest = times(10, 0).map((_, index) =>
      anObservation({ instanceId: instance(index + 1), inputTokens: (index + 1) * 1000 }),
    )

    const { prediction, metadata } = predict([...honest, ...observationsOf(times(90, 1_000_000))])

    expect(prediction?.input_tokens).toEqual({
      p10: 1282,
      p25: 3128,
      median: 6257,
      p75: 9385,
      p90: 1_000_000,
    })
    expect(metadata).toMatchObject({
      sample_size: 100,
      instances: 11,
      confidence: 'high',
      max_instance_share: 0.1364,
      effective_sample_size: 13.37,
    })
  })

  it('13: weighs two unequal instances', () => {
    const events = [
      ...observationsOf(times(8, 100)),
      ...observationsOf([200, 200], { instanceId: instance(1) }),
    ]

    const { prediction, metadata } = predict(events)

    expect(prediction?.input_tokens).toMatchObject({ median: 100, p75: 175, p90: 200 })
    expect(metadata).toMatchObject({ effective_sample_size: 9.846, max_instance_share: 0.75 })
  })

  // Case 14, repeated ids, is decided by the store before anything is folded.

  it('15: counts what arrived in the window, to the millisecond', () => {
    const arrivals = [0, -WINDOW_MS + 1, -WINDOW_MS, 1].map((afterMs) =>
      anObservation({ receivedAtMs: NOW_MS + afterMs }),
    )

    const { metadata } = predict(arrivals)

    expect(metadata).toMatchObject({ sample_size: 2, newest_event_at: '2026-11-21T12:00:00.000Z' })
  })

  it('16: takes all spellings of a model as one, and echoes the one of the query', () => {
    const spellings = [
      'claude-sonnet-4-5',
      'anthropic/claude-sonnet-4.5',
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'claude-sonnet-4-5@20250929',
      'Claude-Sonnet-4-5[1m]',
    ]
    const events = spellings.map((model) => anObservation({ model }))

    const { metadata } = predict(events, { query: { model: 'claude-sonnet-4.5' } })

    expect(metadata).toMatchObject({
      sample_size: 5,
      fallback_level: 0,
      model_canonical: 'claude-sonnet-4-5',
      dimensions_matched: { ...aQuery, model: 'claude-sonnet-4.5' },
    })
  })

  it('17: goes on where too few instances stand behind a level', () => {
    const events = [
      ...observationsOf(times(9, 1)),
      anObservation({ instanceId: instance(1), complexity: 'high' }),
    ]

    const { metadata } = predict(events, { minInstances: 2 })

    expect(metadata).toMatchObject({ fallback_level: 1, sample_size: 10, instances: 2 })
  })

  it('18: says nothing where too few instances stand behind every level', () => {
    const { prediction, metadata } = predict(observationsOf(times(9, 1)), { minInstances: 2 })

    expect(prediction).toBeNull()
    expect(metadata).toMatchObject({
      fallback_level: -1,
      sample_size: 0,
      confidence: 'none',
      last_updated: null,
    })
  })

  it.each([
    [19, 29, 'low'],
    [20, 30, 'medium'],
    [21, 99, 'medium'],
    [22, 100, 'high'],
  ])('%d: is confident by the number of events: %d is %s', (_, events, confidence) => {
    const { metadata } = predict(observationsOf(times(events, 1)))

    expect(metadata).toMatchObject({ sample_size: events, confidence })
  })

  it('22: takes type 6 percentiles of 1 to 100', () => {
    const { prediction } = predict(observationsOf(times(100, 0).map((_, index) => index + 1)))

    expect(prediction?.input_tokens).toEqual({ p10: 10, p25: 25, median: 51, p75: 76, p90: 91 })
  })

  it.each([
    [24, 23, { fallback_level: 1, sample_size: 63, max_instance_share: 0.0625 }],
    [25, 6, { fallback_level: 0, sample_size: 40 }],
  ])('%d: asks for instances by how many there are: one and %d others', (_, others, expected) => {
    const elsewhere = times(others, 0).map((_zero, index) =>
      anObservation({ instanceId: instance(index + 1), complexity: 'high' }),
    )

    const { metadata } = predict([...observationsOf(times(40, 1)), ...elsewhere])

    expect(metadata).toMatchObject(expected)
  })
})

describe('Predictor', () => {
  it('prefers the wider level only where it holds more, below five events', () => {
    const { metadata } = predict([anObservation(), ...observationsOf([1, 2], { complexity: 'high' })])

    expect(metadata).toMatchObject({ fallback_level: 1, sample_size: 3 })
  })

  it('does not take a task type for a model of the same name', () => {
    const events = observationsOf(times(5, 1), { taskType: 'testing', model: 'gpt-5' })

    const { metadata } = predict(events, { query: { task_type: 'planning', model: 'testing' } })

    expect(metadata.fallback_level).toBe(4)
  })

  it('never has high confidence in a wider level', () => {
    const { metadata } = predict(observationsOf(times(200, 1), { complexity: 'high' }))

    expect(metadata).toMatchObject({ fallback_level: 1, confidence: 'low' })
  })

  it('counts gate results of all events where none lists a gate', () => {
    const { prediction } = predict([anObservation({ gatesPassed: true }), anObservation()])

    expect(prediction?.quality.gate_pass_rate).toBe(0.5)
  })

  it('bounds what one event can say about estimates', () => {
    const wild = anObservation({
      inputTokens: 1_000_000,
      estimatedInputTokens: 1,
      outputTokens: 0,
      estimatedOutputTokens: 9,
    })

    const { prediction } = predict([wild])

    expect(prediction?.correction_factors).toEqual({ input: 100, output: 0.01 })
  })

  it('answers a repeated question from its cache, unchanged', () => {
    const { predictor, clock } = aPredictor(observationsOf([1, 2, 3, 4, 5]))

    const first = predictor.predict(aQuery)
    clock.nowMs += 5000
    const second = predictor.predict(aQuery)

    expect(first.metadata.cache_hit).toBe(false)
    expect(second).toEqual({ ...first, metadata: { ...first.metadata, cache_hit: true } })
  })

  it('computes anew when an event arrives at the level', () => {
    const { predictor, units, clock } = aPredictor(observationsOf([1, 2, 3, 4, 5]))
    predictor.predict(aQuery)

    clock.nowMs += 1
    units.fold(anObservation({ receivedAtMs: clock.nowMs }))
    const { metadata } = predictor.predict(aQuery)

    expect(metadata).toMatchObject({
      cache_hit: false,
      sample_size: 6,
      newest_event_at: '2026-11-21T12:00:00.001Z',
      last_updated: '2026-11-21T12:00:00.001Z',
    })
  })

  it('answers from its cache although an event arrived at another level', () => {
    const { predictor, units } = aPredictor(observationsOf([1, 2, 3, 4, 5]))
    predictor.predict(aQuery)

    units.fold(anObservation({ taskType: 'testing' }))

    expect(predictor.predict(aQuery).metadata.cache_hit).toBe(true)
  })

  it('computes anew when an event leaves the window', () => {
    const { predictor, clock } = aPredictor([
      anObservation({ receivedAtMs: NOW_MS - 1 }),
      ...observationsOf([1, 2, 3, 4, 5]),
    ])
    predictor.predict(aQuery)

    clock.nowMs += WINDOW_MS - 1

    expect(predictor.predict(aQuery).metadata).toMatchObject({ cache_hit: false, sample_size: 5 })
  })

  it.each([5, 2000])(
    'computes %d events anew when the clock is set back: no answer is from the future',
    (events) => {
      const { predictor, clock } = aPredictor(observationsOf(times(events, 1), { receivedAtMs: NOW_MS - 9 }))
      predictor.predict(aQuery)

      clock.nowMs -= 3

      expect(predictor.predict(aQuery).metadata).toMatchObject({
        cache_hit: false,
        last_updated: '2026-11-21T11:59:59.997Z',
      })
    },
  )

  it.each([
    ['reuses a summary of 2000 events for less than 200 ms', 2000, 199, 2000],
    ['computes a summary of 2000 events anew after 200 ms', 2000, 200, 2001],
    ['computes a summary of 1000 events anew at once', 1000, 0, 1001],
  ])('%s', (_, events, laterMs, sampleSize) => {
    const { predictor, units, clock } = aPredictor(observationsOf(times(events, 1)))
    predictor.predict(aQuery)

    units.fold(anObservation())
    clock.nowMs += laterMs

    expect(predictor.predict(aQuery).metadata.sample_size).toBe(sampleSize)
  })
})

interface Setting extends Partial<PredictorSettings> {
  readonly query?: Partial<PredictionQuery>
}

function predict(events: readonly Observation[], { query = {}, minInstances = 'auto' }: Setting = {}) {
  return aPredictor(events, { minInstances }).predictor.predict({ ...aQuery, ...query })
}

function aPredictor(events: readonly Observation[], settings: PredictorSettings = { minInstances: 'auto' }) {
  const clock = { nowMs: NOW_MS }
  const units = new Units({ windowMs: WINDOW_MS })
  for (const event of events) units.fold(event)
  return { predictor: new Predictor(units, settings, () => clock.nowMs), units, clock }
}

function times(count: number, value: number): number[] {
  return Array<number>(count).fill(value)
}

function all(tokens: number) {
  return { p10: tokens, p25: tokens, median: tokens, p75: tokens, p90: tokens }
}
