import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { counted, duration, percent, tokens, usd } from './format.ts'

describe('tokens', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [999, '999'],
    [999.4, '999'],
    [999.5, '1.0k'],
    [1000, '1.0k'],
    [12_449, '12.4k'],
    [99_949, '99.9k'],
    [99_950, '100k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [10_000_000, '10.0M'],
  ])('shows %d as %s', (count, text) => expect(tokens(count)).toBe(text))

  it('never shows four digits before a unit, and is off by at most a twentieth', () => {
    fc.assert(
      fc.property(fc.double({ min: 1000, max: 999_949_999, noNaN: true }), (count) => {
        const [, digits = '', unit = ''] = /^(\d{1,3}(?:\.\d)?)([kM])$/.exec(tokens(count)) ?? []

        const shown = Number(digits) * (unit === 'k' ? 1000 : 1_000_000)
        expect(Math.abs(shown - count) / count).toBeLessThanOrEqual(0.05)
      }),
    )
  })
})

describe('usd', () => {
  it.each([
    [0, '$0.00'],
    [1, '<$0.001'],
    [499, '<$0.001'],
    [500, '$0.001'],
    [4000, '$0.004'],
    [99_499, '$0.099'],
    [99_500, '$0.10'],
    [100_000, '$0.10'],
    [1_830_000, '$1.83'],
    [999_994_999, '$999.99'],
    [999_995_000, '$1,000'],
    [1_204_000_000, '$1,204'],
  ])('shows %d micro-dollars as %s', (micros, text) => expect(usd(micros)).toBe(text))

  it('never shows money that was spent as nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000_000 }), (micros) => {
        expect(usd(micros)).not.toMatch(/^\$0\.0+$/)
      }),
    )
  })
})

describe('duration', () => {
  it.each([
    [0, '0.0 s'],
    [400, '0.4 s'],
    [9949, '9.9 s'],
    [9950, '10 s'],
    [99_499, '99 s'],
    [99_500, '1.7 min'],
    [596_999, '9.9 min'],
    [597_000, '10 min'],
    [5_969_999, '99 min'],
    [5_970_000, '1.7 h'],
    [86_400_000, '24.0 h'],
  ])('shows %d ms as %s', (ms, text) => expect(duration(ms)).toBe(text))
})

describe('percent and counted', () => {
  it('shows a share in whole per cent', () => {
    expect([0, 0.005, 0.844, 1].map(percent)).toEqual(['0 %', '1 %', '84 %', '100 %'])
  })

  it('says one task, and two tasks', () => {
    expect([0, 1, 2].map((count) => counted(count, 'task'))).toEqual(['0 tasks', '1 task', '2 tasks'])
  })
})
