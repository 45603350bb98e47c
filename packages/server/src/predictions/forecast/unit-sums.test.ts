import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aForecastEvent, TODAY } from '../../testing/a-forecast-event.ts'
import type { ForecastEvent } from './forecast-event.ts'
import { UnitSums } from './unit-sums.ts'

const someEvents = fc.array(
  fc.record({
    instanceId: fc.constantFrom('a', 'b', 'c'),
    day: fc.integer({ min: TODAY - 3, max: TODAY }),
    values: fc.array(fc.nat({ max: 10_000_000 }), { minLength: 2, maxLength: 2 }),
    succeeded: fc.boolean(),
    cell: fc.record({
      taskType: fc.constant('debugging'),
      model: fc.constantFrom('claude', 'gpt', 'kimi'),
      provider: fc.constant('anthropic'),
      complexity: fc.constantFrom('low', 'high'),
    }),
  }),
  { maxLength: 40 },
)

describe('UnitSums', () => {
  it('gives the same columns in whatever order events came', () => {
    fc.assert(
      fc.property(
        someEvents.chain((events) =>
          fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
        ),
        ([events, shuffled]) => {
          expect(sumsOf(shuffled).columns()).toEqual(sumsOf(events).columns())
        },
      ),
    )
  })

  it('leaves what would be there had a deleted instance never come', () => {
    fc.assert(
      fc.property(someEvents, (events) => {
        const sums = sumsOf(events)
        sums.deleteInstance('b')

        expect(sums.columns()).toEqual(
          sumsOf(events.filter(({ instanceId }) => instanceId !== 'b')).columns(),
        )
      }),
    )
  })

  it('undoes an event exactly by removing it', () => {
    fc.assert(
      fc.property(someEvents, someEvents, (kept, removed) => {
        const sums = sumsOf([...kept, ...removed])
        for (const event of removed) sums.remove(event)

        expect(sums.columns()).toEqual(sumsOf(kept).columns())
      }),
    )
  })

  it('is what is left when rows come and go in between', () => {
    fc.assert(
      fc.property(someEvents, someEvents, someEvents, (first, second, third) => {
        const sums = sumsOf(first)
        sums.expire(TODAY - 1)
        for (const event of second) sums.add(event)
        sums.deleteInstance('a')
        sums.expire(TODAY)
        for (const event of third) sums.add(event)

        const left = [...first, ...second].filter(({ instanceId, day }) => instanceId !== 'a' && day >= TODAY)
        expect(sums.columns()).toEqual(sumsOf([...left, ...third]).columns())
      }),
    )
  })

  it('forgets the days before the first that counts', () => {
    const sums = sumsOf([aForecastEvent({ day: TODAY - 1 }), aForecastEvent({ day: TODAY })])

    sums.expire(TODAY)

    expect([...sums.columns().day]).toEqual([TODAY])
  })

  it('counts a task without a value, but not its logarithm', () => {
    const { events, metrics } = sumsOf([aForecastEvent({ values: [0] })], 1).columns()

    expect([...events]).toEqual([1])
    expect([...(metrics[0]?.count ?? [])]).toEqual([0])
  })

  it('orders rows by cell, instance and day', () => {
    const sums = sumsOf([
      aForecastEvent({ cell: { model: 'b' } }),
      aForecastEvent({ instanceId: 'z', cell: { model: 'a' } }),
      aForecastEvent({ instanceId: 'y', cell: { model: 'a' } }),
      aForecastEvent({ instanceId: 'y', day: TODAY - 1, cell: { model: 'a' } }),
    ])

    const { cell, instance, day, cells, instances } = sums.columns()

    expect([...cell].map((index) => cells[index]?.model)).toEqual(['a', 'a', 'a', 'b'])
    expect([...instance].map((index) => instances[index])).toEqual(['y', 'y', 'z', 'a'])
    expect([...day]).toEqual([TODAY - 1, TODAY, TODAY, TODAY])
  })
})

function sumsOf(events: readonly ForecastEvent[], metrics = 2): UnitSums {
  const sums = new UnitSums(metrics)
  for (const event of events) sums.add(event)
  return sums
}
