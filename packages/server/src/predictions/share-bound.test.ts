import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anObservation, aQuery, DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { inFullStanding, type WeighInstances, weighInstances } from './instance-weights.ts'
import { Predictor } from './predictor.ts'
import { keepsShareBound } from './share-bound.ts'
import { Units } from './units.ts'
import { plainWeighing } from './weighing.ts'

/** Every event weighs the same: what a broken weighing might come to. */
const uncapped: WeighInstances = (counts) => ({
  instances: counts.size,
  eventWeights: new Map([...counts.keys()].map((id) => [id, 1])),
  largestShare: 0.05,
})

it('holds for whatever counts and standings are weighed', () => {
  const someInstances = fc.array(
    fc.record({
      events: fc.integer({ min: 1, max: 5000 }),
      standing: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 80 },
  )

  fc.assert(
    fc.property(someInstances, (all) => {
      const counts = new Map(all.map(({ events }, index) => [`${index}`, events]))
      const standingOf = (id: string) => all[Number(id)]!.standing

      expect(keepsShareBound(counts, weighInstances(counts, standingOf), standingOf)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

it('fails for weights that give one instance more, that are no numbers, or that are nothing', () => {
  const counts = new Map([
    ...Array.from({ length: 10 }, (_, n) => [`${n}`, 1] as const),
    ['flood', 90] as const,
  ])
  const allAre = (weight: number) => ({ eventWeights: new Map([...counts.keys()].map((id) => [id, weight])) })

  expect(keepsShareBound(counts, allAre(1), inFullStanding)).toBe(false)
  expect(keepsShareBound(counts, allAre(NaN), inFullStanding)).toBe(false)
  expect(keepsShareBound(counts, allAre(0), inFullStanding)).toBe(false)
})

it('keeps a summary that breaks it from being published: the next level answers, and it is counted', () => {
  const units = new Units({ windowMs: 90 * DAY_MS })
  // The exact cell has a flood; without complexity everybody has the same number of events.
  for (let who = 0; who < 20; who++)
    units.fold(anObservation({ instanceId: instance(who), complexity: 'low' }))
  for (let n = 0; n < 20; n++) units.fold(anObservation({ instanceId: instance(0), inputTokens: 9_000_000 }))
  for (let who = 1; who < 20; who++) {
    units.fold(anObservation({ instanceId: instance(who) }))
    for (let n = 1; n < 20; n++) units.fold(anObservation({ instanceId: instance(who), complexity: 'low' }))
  }
  let violations = 0
  const broken = { ...plainWeighing, weigh: uncapped, onShareViolation: () => violations++ }
  const predictor = new Predictor(units, { minInstances: 'auto' }, () => NOW_MS, broken)

  const { prediction, metadata } = predictor.predict(aQuery)
  predictor.predict(aQuery)

  expect([metadata.fallback_level, violations]).toEqual([1, 1])
  expect(prediction?.input_tokens.median).toBe(1000)
})

it('leaves no answer where every level would break it', () => {
  const units = new Units({ windowMs: 90 * DAY_MS })
  for (let n = 0; n < 90; n++) units.fold(anObservation({ instanceId: instance(0) }))
  for (let who = 1; who <= 10; who++) units.fold(anObservation({ instanceId: instance(who) }))
  const broken = { ...plainWeighing, weigh: uncapped }

  const { prediction, metadata } = new Predictor(units, { minInstances: 1 }, () => NOW_MS, broken).predict(
    aQuery,
  )

  expect([prediction, metadata.fallback_level, metadata.confidence]).toEqual([null, -1, 'none'])
})
