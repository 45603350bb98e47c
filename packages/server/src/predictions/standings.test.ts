import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation, aQuery, DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { propertyRuns } from '../testing/property-runs.ts'
import { someObservations } from '../testing/some-observations.ts'
import { instanceRamp } from './instance-ramp.ts'
import { inFullStanding, weighInstances } from './instance-weights.ts'
import { Predictor } from './predictor.ts'
import { Standings } from './standings.ts'
import { Units } from './units.ts'
import { plainWeighing } from './weighing.ts'

const windowMs = 90 * DAY_MS

describe('an instance that is set aside', () => {
  it('counts nowhere: every answer is as if it had never sent anything', () => {
    fc.assert(
      fc.property(someObservations({ maxLength: 120 }), fc.boolean(), (events, isKnownFirst) => {
        const aside = new Set([instance(0), instance(7)])
        const units = new Units({ windowMs })
        if (isKnownFirst) units.setAside(aside)
        for (const event of events) units.fold(event)
        units.expire(NOW_MS)
        units.setAside(aside)
        const others = new Units({ windowMs })
        for (const event of events) if (!aside.has(event.instanceId)) others.fold(event)

        const answer = new Predictor(units, { minInstances: 1 }, () => NOW_MS).predict(query)

        expect(answer).toEqual(new Predictor(others, { minInstances: 1 }, () => NOW_MS).predict(query))
      }),
      { numRuns: 200 },
    )
  })

  it('counts again when it is let back in, as if it had always counted', () => {
    fc.assert(
      fc.property(someObservations({ maxLength: 120 }), fc.nat(120), (events, early) => {
        const units = new Units({ windowMs })
        const always = new Units({ windowMs })
        for (const event of events) always.fold(event)
        units.setAside(new Set([instance(0)]))
        for (const event of events.slice(0, early)) units.fold(event)
        units.expire(NOW_MS - DAY_MS)
        units.setAside(new Set())
        for (const event of events.slice(early)) units.fold(event)

        const answer = new Predictor(units, { minInstances: 1 }, () => NOW_MS).predict(query)

        expect(answer).toEqual(new Predictor(always, { minInstances: 1 }, () => NOW_MS).predict(query))
      }),
      { numRuns: 200 },
    )
  })

  it('keeps its stored units', () => {
    const units = new Units({ windowMs })
    units.setAside(new Set([instance(0)]))

    units.fold(anObservation({ instanceId: instance(0) }))

    expect(units.takeDirty()).toHaveLength(1)
    expect(units.eventsOf(instance(0))).toBe(0)
  })
})

it('a deleted instance leaves answers and stored units as if it had never been, also for events still on their way', () => {
  fc.assert(
    fc.property(someObservations({ maxLength: 120 }), fc.nat(120), fc.boolean(), (events, early, isSaved) => {
      const units = new Units({ windowMs })
      const others = new Units({ windowMs })
      for (const event of events) if (event.instanceId !== instance(0)) others.fold(event)
      for (const event of events.slice(0, early)) units.fold(event)
      const taken = units.takeDirty()
      if (!isSaved) units.markDirty(taken)
      units.deleteInstance(instance(0))
      if (isSaved) units.markDirty(taken)
      for (const event of events.slice(early)) units.fold(event)

      expect(units.takeDirty()).toEqual(others.takeDirty())
      expect(units.instanceIds()).toEqual(others.instanceIds())
      expect(new Predictor(units, { minInstances: 1 }, () => NOW_MS).predict(query)).toEqual(
        new Predictor(others, { minInstances: 1 }, () => NOW_MS).predict(query),
      )
    }),
    { numRuns: propertyRuns(200) },
  )
})

describe('Standings', () => {
  it('multiplies trust and ramp', () => {
    const standings = new Standings((id) => (id === 'new' ? 0.5 : 1))

    standings.judge(
      new Map([
        ['new', 0.8],
        ['outlier', 0],
      ]),
    )

    expect(['new', 'outlier', 'other'].map(standings.of)).toEqual([0.4, 0, 1])
    expect(standings.setAside).toEqual(new Set(['outlier']))
  })

  it('notices whether a judgement differs from the last', () => {
    const standings = new Standings(inFullStanding)

    const changes = [[], [['a', 0]], [['a', 0]], [['b', 0]], [['b', 0.9]], []].map((trust) =>
      standings.judge(new Map(trust as [string, number][])),
    )

    expect(changes).toEqual([false, true, false, true, true, true])
    expect(standings.version).toBe(4)
  })

  it('makes the summaries of levels follow it', () => {
    const units = new Units({ windowMs })
    for (let who = 0; who < 21; who++)
      units.fold(anObservation({ instanceId: instance(who), inputTokens: who }))
    const standings = new Standings(inFullStanding)
    const version = () => standings.version
    const weighing = { ...plainWeighing, weigh: weighInstances, standingOf: standings.of, version }
    const predictor = new Predictor(units, { minInstances: 1 }, () => NOW_MS, weighing)
    const before = predictor.predict(aQuery).metadata.effective_sample_size

    standings.judge(new Map([[instance(20), 0.7]]))

    expect(before).toBe(21)
    expect(predictor.predict(aQuery).metadata).toMatchObject({ sample_size: 21, instances: 20 })
  })
})

describe('the ramp of a new instance', () => {
  const DAYS = [0, 1, 3.5, 7, 30] as const

  it('is the lesser of age in weeks and events in twenties', () => {
    expect(DAYS.map((days) => ramp(days, 1000))).toEqual([0.01, 1 / 7, 0.5, 1, 1])
    expect([0, 1, 10, 20, 1000].map((events) => ramp(30, events))).toEqual([0.01, 0.05, 0.5, 1, 1])
  })

  it('begins at its lowest for an instance that nobody has heard of yet', () => {
    const unknown = { createdAtMs: () => undefined, eventsOf: () => 500, nowMs: () => NOW_MS }

    expect(instanceRamp(unknown)('a')).toBe(0.01)
  })
})

function ramp(days: number, events: number): number {
  const createdAtMs = NOW_MS - days * DAY_MS
  return instanceRamp({ createdAtMs: () => createdAtMs, eventsOf: () => events, nowMs: () => NOW_MS })('a')
}

const query = { ...aQuery, model: 'a', complexity: 'a' as never }
