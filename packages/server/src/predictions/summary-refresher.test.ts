import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SeededRandom } from '../backtest/seeded-random.ts'
import { anObservation, aQuery, DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { type WeighInstances, weighInstances } from './instance-weights.ts'
import type { Observation } from './observation.ts'
import { Predictor } from './predictor.ts'
import { Units } from './units.ts'

const windowMs = 90 * DAY_MS
/** More than are summarised while somebody waits. */
const LARGE = 12_000
/** Matches no cell, so that everything answers. */
const anyTask = { ...aQuery, task_type: 'planning', model: 'unheard-of' } as const

it('summarises a large level as it was when it began, whatever happens to it meanwhile', () => {
  const someChange = fc.oneof(
    fc.record({
      kind: fc.constant('fold' as const),
      seed: fc.nat(1000),
      count: fc.integer({ min: 1, max: 400 }),
    }),
    fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('aside' as const), who: fc.nat(30) }),
    fc.record({ kind: fc.constant('delete' as const), who: fc.nat(30) }),
    fc.record({ kind: fc.constant('merge' as const) }),
  )
  const events = someEvents(1, LARGE)
  const expected = aPredictor(events).refreshed()

  fc.assert(
    fc.property(fc.array(someChange, { minLength: 1, maxLength: 12 }), (changes) => {
      const { units, predictor, clock, ask } = aPredictor(events)
      let slices = 0
      while (!predictor.refresh(() => true)) {
        const change = changes[slices++ % changes.length]!
        if (change.kind === 'fold')
          for (const event of someEvents(change.seed, change.count)) units.fold(event)
        else if (change.kind === 'wait') units.expire((clock.nowMs += change.days * DAY_MS))
        else if (change.kind === 'aside') units.setAside(new Set([instance(change.who)]))
        else if (change.kind === 'delete') units.deleteInstance(instance(change.who))
        else units.mergeWeeks()
      }

      const [everything] = units.levelsOf({ taskType: '', model: '', provider: '', complexity: '' }).slice(-1)
      fc.pre(everything!.eventCount > 10_000) // a smaller one would be summarised anew when it is asked for
      expect(slices).toBeGreaterThan(5)
      expect(ask()).toEqual({ ...expected, metadata: { ...expected.metadata, cache_hit: true } })
    }),
    { numRuns: 15 },
  )
})

it('answers from the last summary until the next is whole, and never summarises while somebody waits', () => {
  const { units, predictor, clock, ask, weighings } = aPredictor(someEvents(1, LARGE))
  predictor.refresh()
  const weighed = weighings()
  for (const event of someEvents(2, 500)) units.fold({ ...event, receivedAtMs: NOW_MS })
  clock.nowMs += 60_000

  const before = ask().metadata.sample_size
  const whileAtWork: number[] = []
  const weighedWhileAsked: number[] = []
  for (let isDone = false; !isDone;) {
    isDone = predictor.refresh(() => true)
    const weighedByWork = weighings()
    if (!isDone) whileAtWork.push(ask().metadata.sample_size)
    weighedWhileAsked.push(weighings() - weighedByWork)
  }

  expect(new Set([before, ...whileAtWork])).toEqual(new Set([LARGE]))
  expect(weighings()).toBeGreaterThan(weighed)
  expect(Math.max(...weighedWhileAsked)).toBe(0)
  expect(ask().metadata).toMatchObject({ sample_size: LARGE + 500, cache_hit: true })
})

it('summarises the first time at once where the work has not been done yet', () => {
  const { ask } = aPredictor(someEvents(1, LARGE))

  expect(ask().metadata).toMatchObject({ sample_size: LARGE, cache_hit: false })
})

it('leaves a large summary alone until it is as old as it may be, a tenth of a millisecond an event', () => {
  const { units, predictor, clock, weighings } = aPredictor(someEvents(1, LARGE))
  predictor.refresh()
  const weighed = weighings()
  units.fold(anObservation())

  clock.nowMs += LARGE / 10 - 1
  predictor.refresh()
  const early = weighings() - weighed
  clock.nowMs += 1
  predictor.refresh()

  expect([early, weighings() - weighed]).toEqual([0, weighed])
})

it('is half as patient with a level that is asked for, so that nobody has to wait for it', () => {
  const { units, predictor, clock, ask, weighings } = aPredictor(someEvents(1, 5000))
  ask()
  const weighed = weighings()
  units.fold(anObservation())

  clock.nowMs += 250
  predictor.refresh()
  const refreshed = weighings() - weighed

  expect([refreshed, ask().metadata]).toMatchObject([1, { sample_size: 5001, cache_hit: true }])
  expect(weighings() - weighed).toBe(1)
})

it('has no answer from the future when the clock is set back', () => {
  const { predictor, clock, ask } = aPredictor(someEvents(1, LARGE))
  predictor.refresh()

  clock.nowMs -= 5
  const { last_updated } = ask().metadata

  expect(last_updated).toBe(new Date(NOW_MS - 5).toISOString())
})

/** Events of some tasks and instances over the window, the same for a seed. */
function someEvents(seed: number, count: number): Observation[] {
  const random = new SeededRandom(seed)
  return Array.from({ length: count }, () => {
    const tokens = Math.round(1000 * Math.exp(3 * random.uniform()))
    return anObservation({
      instanceId: instance(Math.floor(60 * random.uniform() ** 2)),
      receivedAtMs: NOW_MS - Math.floor(89 * DAY_MS * random.uniform()),
      taskType: random.uniform() < 0.5 ? 'testing' : 'documentation',
      model: `model-${Math.floor(8 * random.uniform())}`,
      inputTokens: tokens,
      outputTokens: Math.round(tokens / 10),
      estimatedInputTokens: random.uniform() < 0.5 ? 0 : 5000,
      succeeded: random.uniform() < 0.7,
    })
  })
}

function aPredictor(events: readonly Observation[]) {
  const clock = { nowMs: NOW_MS }
  let weighings = 0
  const weigh: WeighInstances = (...given) => {
    weighings++
    return weighInstances(...given)
  }
  const units = new Units({ windowMs })
  for (const event of events) units.fold(event)
  units.expire(NOW_MS)
  const predictor = new Predictor(units, { minInstances: 1 }, () => clock.nowMs, { weigh })
  const ask = () => predictor.predict(anyTask)
  return {
    units,
    clock,
    predictor,
    ask,
    weighings: () => weighings,
    refreshed: () => (predictor.refresh(), ask()),
  }
}
