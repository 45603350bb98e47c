import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capShare, waterFill } from './water-fill.ts'

describe('waterFill', () => {
  it('leaves nobody more than the share', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1 }), (totals) => {
        const factors = waterFill(Float64Array.from(totals))
        const left = totals.map((total, index) => total * factors[index]!)
        const sum = left.reduce((a, b) => a + b, 0)

        expect(Math.max(...left)).toBeLessThanOrEqual(capShare(totals.length) * sum * (1 + 1e-9))
      }),
    )
  })

  it('changes nothing where instances are alike, or alone', () => {
    expect([...waterFill(Float64Array.of(3, 3, 3, 3))]).toEqual([1, 1, 1, 1])
    expect([...waterFill(Float64Array.of(1000))]).toEqual([1])
  })

  it('does not count instances without weight', () => {
    expect([...waterFill(Float64Array.of(1000, 0, 0))]).toEqual([1, 1, 1])
  })
})
