import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capShare, sharesOfCrowd, waterFill } from './water-fill.ts'

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

describe('sharesOfCrowd', () => {
  it('lets one of a team that reports almost everything keep the weight of some events', () => {
    const totals = Float64Array.of(1500, 2, 2, 2, 2)

    const [share] = waterFill(totals)
    const [kept] = sharesOfCrowd(totals, 1)

    expect(share! * 1500).toBeLessThan(4)
    expect(kept! * 1500).toBeCloseTo(150)
  })

  it('is the plain shares from 20 instances on', () => {
    const totals = Float64Array.from({ length: 20 }, (_, who) => (who === 0 ? 1500 : 2))

    expect(sharesOfCrowd(totals, 1)).toEqual(waterFill(totals))
  })

  it('adds weight to nobody', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 30 }), (totals) => {
        const factors = sharesOfCrowd(Float64Array.from(totals), 1)

        expect(factors.every((factor) => factor > 0 && factor <= 1)).toBe(true)
      }),
    )
  })
})
