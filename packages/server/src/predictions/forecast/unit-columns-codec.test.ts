import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aForecastEvent, TODAY } from '../../testing/a-forecast-event.ts'
import type { ForecastEvent } from './forecast-event.ts'
import { decodeUnitColumns, encodeUnitColumns } from './unit-columns-codec.ts'
import { UnitSums } from './unit-sums.ts'

const someEvents = fc.array(
  fc.record({
    instanceId: fc.constantFrom('a', 'b', 'Zoë'),
    day: fc.integer({ min: TODAY - 3, max: TODAY }),
    values: fc.array(fc.nat({ max: 10_000_000 }), { minLength: 2, maxLength: 2 }),
    model: fc.constantFrom('claude', 'gpt', 'kimi'),
  }),
  { maxLength: 60 },
)

describe('stored sums', () => {
  it('load as what they were, whatever is added then', () => {
    fc.assert(
      fc.property(someEvents, someEvents, (before, after) => {
        const kept = sumsOf(before.map(toEvent))
        const loaded = new UnitSums(2)
        loaded.load(decodeUnitColumns(encodeUnitColumns(kept.columns()))!)

        for (const event of after.map(toEvent)) for (const sums of [kept, loaded]) sums.add(event)

        expect(loaded.columns()).toEqual(kept.columns())
      }),
    )
  })

  it('have the same bytes for the same events in any order', () => {
    fc.assert(
      fc.property(
        someEvents.chain((events) =>
          fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
        ),
        ([events, shuffled]) => {
          expect(encodeUnitColumns(sumsOf(shuffled.map(toEvent)).columns())).toEqual(
            encodeUnitColumns(sumsOf(events.map(toEvent)).columns()),
          )
        },
      ),
    )
  })

  it('are refused when cut short anywhere, or of another version', () => {
    const events = ['a', 'b', 'c'].map((instanceId) => aForecastEvent({ instanceId, values: [7, 0] }))
    const bytes = encodeUnitColumns(sumsOf(events).columns())

    for (let length = 0; length < bytes.length; length++) {
      expect(decodeUnitColumns(bytes.subarray(0, length))).toBeUndefined()
    }
    expect(decodeUnitColumns(Uint8Array.of(2, ...bytes.subarray(1)))).toBeUndefined()
  })

  it('never crash on bytes from elsewhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const columns = decodeUnitColumns(Uint8Array.of(1, ...bytes))

        expect(columns === undefined || columns.size >= 0).toBe(true)
      }),
    )
  })
})

function toEvent({
  model,
  ...event
}: { model: string } & Pick<ForecastEvent, 'instanceId' | 'day' | 'values'>) {
  return aForecastEvent({ ...event, cell: { model } })
}

function sumsOf(events: readonly ForecastEvent[]): UnitSums {
  const sums = new UnitSums(2)
  for (const event of events) sums.add(event)
  return sums
}
