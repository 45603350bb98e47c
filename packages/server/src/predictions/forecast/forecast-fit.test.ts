import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../backtest/seeded-random.ts'
import { aCell, aFitOf, aForecastEvent, TODAY } from '../../testing/a-forecast-event.ts'
import { effectNames } from './effect-layout.ts'
import type { ForecastEvent } from './forecast-event.ts'
import { fitForecast } from './forecast-fit.ts'
import type { ForecastFit } from './forecast-fit.ts'
import { groupsOf, locate } from './location.ts'
import { UnitSums } from './unit-sums.ts'

describe('fitForecast', () => {
  it('finds how much models differ', () => {
    const events = crowd(60, (random) => [
      { model: 'small', log: 8 + 0.3 * random.normal() },
      { model: 'large', log: 10 + 0.3 * random.normal() },
    ])

    const fit = aFitOf(events)

    expect(located(fit, 'large').location - located(fit, 'small').location).toBeCloseTo(2, 0.5)
  })

  it('is less sure of a model that it has not seen', () => {
    const fit = aFitOf(
      crowd(60, (random) => [
        { model: 'small', log: 8 + random.normal() },
        { model: 'large', log: 10 + random.normal() },
      ]),
    )

    expect(located(fit, 'unheard-of').uncertainty).toBeGreaterThan(5 * located(fit, 'small').uncertainty)
  })

  it('uses an effect only from k instances on', () => {
    const rare = ['r1', 'r2', 'r3', 'r4'].map((instanceId) => aTask({ instanceId, model: 'rare', log: 14 }))
    const events = [...crowd(40, (random) => [{ model: 'common', log: 9 + random.normal() }]), ...rare]

    const below = aFitOf(events, { minInstances: 5 })
    const enough = aFitOf([...events, aTask({ instanceId: 'r5', model: 'rare', log: 14 })], {
      minInstances: 5,
    })

    expect(located(below, 'rare')).toEqual(located(below, 'unheard-of', 'common'))
    expect(located(enough, 'rare').location).toBeGreaterThan(located(below, 'rare').location + 1)
  })

  it('says nothing at all below k instances', () => {
    const fit = aFitOf([aForecastEvent({ instanceId: 'a' }), aForecastEvent({ instanceId: 'b' })], {
      minInstances: 3,
    })

    expect(fit.metrics).toEqual([undefined])
    expect(fit.success).toBeUndefined()
  })

  it('works for a team of one', () => {
    const random = new SeededRandom(3)
    const events = Array.from({ length: 80 }, (_, index) =>
      aTask({
        instanceId: 'me',
        model: index % 2 === 0 ? 'small' : 'large',
        log: (index % 2 === 0 ? 8 : 11) + random.normal(),
      }),
    )

    const fit = aFitOf(events, { minInstances: 'auto' })

    expect(fit.minInstances).toBe(1)
    expect(located(fit, 'large').location).toBeGreaterThan(10)
    expect(located(fit, 'small').location).toBeLessThan(9)
  })

  it('sets an instance aside whose every task is a thousand times too large', () => {
    const honest = crowd(40, (random) => [{ model: 'm', log: 9 + random.normal() }])
    const flood = Array.from({ length: 500 }, () =>
      aTask({ instanceId: 'x', model: 'm', log: 9 + Math.log(1000) }),
    )

    const fit = aFitOf([...honest, ...flood])

    expect(fit.distrusted.get('x')).toBe(0)
    expect(located(fit, 'm').location).toBeCloseTo(located(aFitOf(honest), 'm').location, 1)
  })

  it('never sets one of fewer than 20 instances aside', () => {
    const honest = crowd(10, (random) => [{ model: 'm', log: 9 + random.normal() }])

    const fit = aFitOf([...honest, aTask({ instanceId: 'x', model: 'm', log: 20 })])

    expect(fit.distrusted.size).toBe(0)
  })

  it('does not let one instance that repeats itself outweigh the others', () => {
    const honest = crowd(30, (random) => [{ model: 'm', log: 9 + random.normal() }])
    const eager = Array.from({ length: 5000 }, () => aTask({ instanceId: 'x', model: 'm', log: 10.5 }))

    const moved = located(aFitOf([...honest, ...eager]), 'm').location - located(aFitOf(honest), 'm').location

    expect(Math.abs(moved)).toBeLessThan(0.25)
  })

  it('weighs last week above last quarter in the short memory only', () => {
    const events = [
      ...crowd(60, () => [{ model: 'm', log: 8, day: TODAY - 80 }]),
      ...crowd(60, () => [{ model: 'm', log: 10 }]),
    ]

    const fit = aFitOf(events)

    expect(located(fit, 'm', 'm', 2).location).toBeGreaterThan(located(fit, 'm', 'm', 0).location + 0.1)
  })

  it('gives the same bits for the same events in another order', () => {
    const events = crowd(30, (random) => [
      { model: random.uniform() < 0.5 ? 'a' : 'b', log: 9 + random.normal() },
    ])

    const fit = aFitOf(events)
    const other = aFitOf(new SeededRandom(1).shuffled(events))

    expect(other).toEqual(fit)
  })

  it('is after a deletion what it would be had the instance never come', () => {
    const events = crowd(30, (random) => [{ model: 'm', log: 9 + random.normal() }])
    const units = new UnitSums(1)
    for (const event of [...events, aTask({ instanceId: 'gone', model: 'secret', log: 3 })]) units.add(event)

    units.deleteInstance('gone')

    expect(fitForecast(units.columns(), { today: TODAY, minInstances: 1 })).toEqual(aFitOf(events))
  })

  it('crosses to another thread unharmed', () => {
    const fit = aFitOf(crowd(30, (random) => [{ model: 'm', log: 9 + random.normal() }]))

    expect(structuredClone(fit)).toEqual(fit)
  })

  it('knows which models report nothing', () => {
    const events = Array.from({ length: 12 }, (_, index) => index).flatMap((index) => [
      aForecastEvent({ instanceId: `i${index}`, cell: { model: 'local' }, values: [0] }),
      aForecastEvent({ instanceId: `i${index}`, cell: { model: 'paid' }, values: [500] }),
    ])

    const [zeroShares] = aFitOf(events).zeroShares

    expect(zeroShares?.get('local')).toBe(1)
    expect(zeroShares?.get('paid')).toBe(0)
  })

  it('learns that a model fails more often', () => {
    const random = new SeededRandom(5)
    const events = Array.from({ length: 400 }, (_, index) =>
      aForecastEvent({
        instanceId: `i${index % 40}`,
        cell: { model: index % 2 === 0 ? 'weak' : 'strong' },
        succeeded: random.uniform() < (index % 2 === 0 ? 0.3 : 0.9),
      }),
    )

    const { success, layout } = aFitOf(events)
    const logit = (model: string) => locate(success!, groupsOf(layout, { ...aCell, model })).location

    expect(logit('strong') - logit('weak')).toBeGreaterThan(1.5)
  })
})

interface Task {
  readonly model: string
  readonly log: number
  readonly day?: number
}

function aTask({
  instanceId,
  model,
  log,
  day = TODAY,
}: Task & { readonly instanceId: string }): ForecastEvent {
  return aForecastEvent({ instanceId, day, cell: { model }, values: [Math.exp(log)] })
}

/** Tasks of `size` instances, the same for the same size. */
function crowd(size: number, tasks: (random: SeededRandom) => readonly Task[]): ForecastEvent[] {
  const random = new SeededRandom(size)
  return Array.from({ length: size }, (_, index) => `i${index}`).flatMap((instanceId) =>
    tasks(random).map((task) => aTask({ instanceId, ...task })),
  )
}

/** Location of a model's cell; with `like`, as a cell that shares all but the effects of the model. */
function located(fit: ForecastFit, model: string, like = model, memory = 0) {
  const groups = groupsOf(fit.layout, { ...aCell, model })
  if (like !== model) {
    const known = groupsOf(fit.layout, { ...aCell, model: like })
    for (const [index, name] of effectNames.entries()) {
      if (!['model', 'taskModel', 'cell'].includes(name)) groups[index] = known[index]!
    }
  }
  return locate(fit.metrics[0]![memory]!.effects, groups)
}
