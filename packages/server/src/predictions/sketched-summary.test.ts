import { describe, expect, it } from 'vitest'
import { anObservation, aQuery, DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { referenceAnswer } from '../backtest/reference-predictions.ts'
import type { Observation } from './observation.ts'
import { Predictor } from './predictor.ts'
import { Units, type StoredUnit } from './units.ts'

const windowMs = 90 * DAY_MS
/** What a bucket may be off by. */
const RELATIVE_ERROR = 1 / 256

describe('a level of more than a thousand events', () => {
  it.each([
    [
      'of one flooding instance and thirty others',
      [1500, ...Array.from({ length: 30 }, (_, index) => index + 1)],
    ],
    ['of one instance alone', [1200]],
    ['of many instances with few events each', Array.from({ length: 300 }, () => 4)],
    ['of two instances that are both sketched', [1100, 2000]],
  ])('%s answers within 0.4 % of the definitions', (_, counts) => {
    const events = counts.flatMap((count, number) => lognormalEvents(number, count))

    const { prediction, metadata } = predictorOf(unitsOf(events)).predict(aQuery)

    const expected = referenceAnswer(events, aQuery, { nowMs: NOW_MS, windowMs, minInstances: 'auto' })!
    expect(metadata).toMatchObject({ sample_size: expected.sampleSize, instances: expected.instances })
    expect(metadata.effective_sample_size).toBeCloseTo(expected.effectiveSize, 2)
    const { p10, p25, median, p75, p90 } = prediction!.input_tokens
    for (const [index, value] of [p10, p25, median, p75, p90].entries())
      expectNear(value, expected.input[index]!)
    expectNear(prediction!.cost_usd_micros.median, expected.cost)
    expectNear(prediction!.duration_ms.median, expected.duration)
    expect(Math.abs(prediction!.correction_factors.input / expected.inputFactor - 1)).toBeLessThan(0.006)
    expect(prediction!.quality.success_rate).toBeCloseTo(expected.successRate, 4)
    expect(prediction!.quality.gate_pass_rate).toBeCloseTo(expected.gatePassRate, 4)
  })

  it('gives one instance no more than its share, however much it sends', () => {
    const others = Array.from({ length: 10 }, (_, number) =>
      anObservation({ instanceId: instance(number + 1) }),
    )
    const flood = Array.from({ length: 5000 }, () => anObservation({ inputTokens: 9_000_000 }))

    const { prediction, metadata } = predictorOf(unitsOf([...others, ...flood])).predict(aQuery)

    expect(metadata.max_instance_share).toBeCloseTo(1.5 / 11, 4)
    expect(prediction!.input_tokens.median).toBe(1002) // the others' 1000, as the bucket of 1000 to 1003 reads
  })
})

describe('a unit of more than a thousand samples', () => {
  it('has the same bytes in whatever order and parts its samples came, before and after a restart', () => {
    const events = lognormalEvents(0, 1300)
    const forwards = storedOf(unitsOf(events))

    const units = unitsOf([])
    for (const event of events.slice(600).toReversed()) units.fold(event)
    const restarted = unitsOf([])
    for (const unit of units.takeDirty()) restarted.load(unit)
    for (const event of events.slice(0, 600)) restarted.fold(event)

    expect(storedOf(restarted)).toEqual(forwards)
  })

  it('takes a few kilobytes, however many samples it holds', () => {
    const [unit] = storedOf(unitsOf(lognormalEvents(0, 20_000)))

    expect(unit!.samples.length).toBeLessThan(6 * 4096)
  })

  it.each([
    ['of its day, where the window is too short for weeks', 20 * DAY_MS, 1],
    ['of its week', windowMs, 5], // its day is the third of a week
  ])('leaves the window as a whole, at the end %s', (_, ownWindowMs, daysLeft) => {
    const units = new Units({ windowMs: ownWindowMs })
    for (const event of lognormalEvents(0, 1300)) units.fold(event)
    const endMs = (Math.floor(NOW_MS / DAY_MS) + daysLeft) * DAY_MS - 1

    units.expire(endMs + ownWindowMs - 1)
    const before = predictorOf(units, endMs + ownWindowMs - 1).predict(aQuery)
    units.takeDirty()
    const after = predictorOf(units, endMs + ownWindowMs).predict(aQuery)

    expect(before.metadata.sample_size).toBe(1300)
    expect(after.prediction).toBeNull()
    expect(units.takeDirty().map((unit) => unit.samples.length)).toEqual([0])
  })

  it('is refused where its stored form is cut short', () => {
    const [unit] = storedOf(unitsOf(lognormalEvents(0, 1300)))
    const cut = { ...unit!, samples: unit!.samples.slice(0, -1) }

    expect(() => unitsOf([]).load(cut)).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED' }))
  })
})

/** Events of one instance, lognormal as real ones are, the same at every run. */
function lognormalEvents(instanceNumber: number, count: number): Observation[] {
  return Array.from({ length: count }, (_, index) => {
    const z = quasiNormal(index, instanceNumber)
    return anObservation({
      instanceId: instance(instanceNumber),
      receivedAtMs: NOW_MS - index,
      inputTokens: Math.round(200_000 * Math.exp(1.2 * z)),
      outputTokens: Math.round(4000 * Math.exp(z)),
      costUsdMicros: Math.round(400_000 * Math.exp(z)),
      durationMs: Math.round(90_000 * Math.exp(z)),
      estimatedInputTokens: index % 3 === 0 ? 0 : 150_000,
      succeeded: index % 5 !== 0,
      gatesListed: index % 2 === 0,
      gatesPassed: index % 4 === 0,
    })
  })
}

/** A spread of numbers that looks normal: the sum of three low-discrepancy ones. */
function quasiNormal(index: number, salt: number): number {
  const part = (step: number) => ((index + salt * 31 + 1) * step) % 1
  return (part(Math.SQRT2) + part(Math.sqrt(3)) + part(Math.sqrt(5)) - 1.5) * 2
}

function unitsOf(events: readonly Observation[]): Units {
  const units = new Units({ windowMs })
  for (const event of events) units.fold(event)
  return units
}

function storedOf(units: Units): StoredUnit[] {
  units.expire(NOW_MS)
  return units.takeDirty()
}

function predictorOf(units: Units, nowMs = NOW_MS): Predictor {
  return new Predictor(units, { minInstances: 'auto' }, () => nowMs)
}

function expectNear(value: number, exact: number): void {
  expect(Math.abs(value - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR + 0.5)
}
