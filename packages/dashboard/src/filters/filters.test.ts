import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { addDays, dayOf, isDay } from './days.ts'
import {
  askedFilters,
  daysOf,
  dimensions,
  type Filters,
  noValues,
  presetDays,
  readFilters,
  writeFilters,
} from './filters.ts'

const TODAY = '2026-11-21'
const nothing = { first: null, last: null }

const aDay = fc.integer({ min: 0, max: 20_000 }).map((day) => addDays('2020-01-01', day))
const aPeriod = fc.oneof(
  fc.constant({ kind: 'default' as const }),
  fc.constant({ kind: 'all' as const }),
  fc.constantFrom(...presetDays).map((days) => ({ kind: 'last' as const, days })),
  fc
    .tuple(aDay, aDay)
    .map(([a, b]) => ({ kind: 'between' as const, from: a < b ? a : b, to: a < b ? b : a })),
)
const someValues = fc.uniqueArray(fc.string({ maxLength: 100, unit: 'binary' }), { maxLength: 3 })
const someFilters: fc.Arbitrary<Filters> = fc.record({
  period: aPeriod,
  values: fc.record({
    model: someValues,
    harness: someValues,
    task_type: someValues,
    complexity: someValues,
    provider: someValues,
  }),
  by: fc.constantFrom(...dimensions),
})

describe('readFilters', () => {
  it('reads what writeFilters has written, whatever the values are called', () => {
    fc.assert(
      fc.property(someFilters, (filters) => {
        const address = writeFilters(filters).toString()

        expect(readFilters(new URLSearchParams(address))).toEqual(filters)
      }),
    )
  })

  it('leaves out what cannot be read', () => {
    const query = new URLSearchParams('period=12d&from=2026-02-30&to=2026-03-01&by=colour')

    expect(readFilters(query)).toEqual({ period: { kind: 'default' }, values: noValues, by: 'model' })
  })
})

describe('askedFilters', () => {
  it('asks for days that there are, in order, and no more than the server answers for', () => {
    fc.assert(
      fc.property(someFilters, fc.option(fc.tuple(aDay, aDay)), (filters, known) => {
        const [first, last] = known === null ? [null, null] : [...known].sort()

        const asked = askedFilters(filters, TODAY, { first: first ?? null, last: last ?? null })

        const [from, to] = [asked.get('from') ?? '', asked.get('to') ?? '']
        expect([isDay(from), isDay(to), from <= to]).toEqual([true, true, true])
        expect(Date.parse(to) - Date.parse(from)).toBeLessThan(3700 * 86_400_000)
      }),
    )
  })

  it('repeats a dimension for each of its values', () => {
    const asked = askedFilters(readFilters(new URLSearchParams('model=a&model=b')), TODAY, nothing)

    expect(asked.toString()).toBe('from=2026-10-23&to=2026-11-21&model=a&model=b&by=model')
  })
})

describe('daysOf', () => {
  it('shows the last 30 days when nobody chose', () => {
    expect(daysOf({ kind: 'default' }, TODAY, { first: '2026-01-01', last: TODAY })).toEqual({
      from: '2026-10-23',
      to: TODAY,
    })
  })

  it('shows all days when nobody chose and the last 30 are empty', () => {
    const known = { first: '2026-01-05', last: '2026-02-20' }

    expect(daysOf({ kind: 'default' }, TODAY, known)).toEqual({ from: '2026-01-05', to: '2026-02-20' })
  })
})

describe('isDay', () => {
  it('takes every day there is and no other text', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (timeMs) => isDay(dayOf(timeMs))))
    for (const text of ['', '2026-02-29', '2026-1-1', '2026-01-01T00:00', '26-01-01'])
      expect(isDay(text)).toBe(false)
  })
})
