import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { effectiveSize, percentiles, roundHalfUp } from './percentiles.ts'

const RANKS = [0.1, 0.25, 0.5, 0.75, 0.9]

describe('percentiles', () => {
  it('interpolates at rank p(n + 1) and stays within the values', () => {
    const found = percentiles(Float64Array.of(400, 100, 300, 200), ones(4), RANKS)

    expect(found).toEqual([100, 125, 250, 375, 400])
  })

  it('gives the value itself for every rank of a single value', () => {
    const found = percentiles(Float64Array.of(7), ones(1), RANKS)

    expect(found).toEqual([7, 7, 7, 7, 7])
  })

  it('takes the mean over one effective sample where weights differ', () => {
    const values = Float64Array.from([...Array<number>(8).fill(100), 200, 200])
    const weights = Float64Array.from([...Array<number>(8).fill(0.75), 1, 1])

    const found = percentiles(values, weights, [0.5, 0.75, 0.9])

    expect(effectiveSize(weights)).toBeCloseTo(9.846, 3)
    expect(found.map(roundHalfUp)).toEqual([100, 175, 200])
  })

  it('gives weighted values as if equal weights were repeated values, when all weights are nearly equal', () => {
    fc.assert(
      fc.property(someValues(2, 60), (values) => {
        const nearlyOnes = ones(values.length).fill(1 + 1e-13, values.length - 1)

        const plain = percentiles(Float64Array.from(values), ones(values.length), RANKS)
        const weighted = percentiles(Float64Array.from(values), nearlyOnes, RANKS)

        for (const [index, value] of weighted.entries())
          expect(Math.abs(value - plain[index]!)).toBeLessThan(1e-3)
      }),
    )
  })

  it('ascends and stays between the smallest and the largest value', () => {
    fc.assert(
      fc.property(someWeightedValues(), ({ values, weights }) => {
        const found = percentiles(values, weights, RANKS).map(roundHalfUp)

        expect(found).toEqual(found.toSorted((a, b) => a - b))
        expect(found[0]).toBeGreaterThanOrEqual(Math.min(...values))
        expect(found[4]).toBeLessThanOrEqual(Math.max(...values))
      }),
      { numRuns: 500 },
    )
  })

  it('gives the same bits whatever the order of values of equal weight', () => {
    fc.assert(
      fc.property(someWeightedValues(), ({ values, weights }) => {
        const reversedWithinWeights = Float64Array.from(
          [...values.entries()]
            .toSorted(([a], [b]) => weights[a]! - weights[b]! || b - a)
            .map(([, value]) => value),
        )

        expect(percentiles(reversedWithinWeights, weights, RANKS)).toEqual(
          percentiles(values, weights, RANKS),
        )
      }),
    )
  })
})

describe('roundHalfUp', () => {
  it.each([
    [100.5, 101],
    [12.499999999, 12 + 1],
    [12.4999, 12],
    [0, 0],
  ])('rounds %d to %d', (value, rounded) => {
    expect(roundHalfUp(value)).toBe(rounded)
  })
})

function ones(count: number): Float64Array {
  return new Float64Array(count).fill(1)
}

function someValues(minLength: number, maxLength: number): fc.Arbitrary<number[]> {
  return fc.array(fc.oneof(fc.nat(20), fc.nat(10_000_000)), { minLength, maxLength })
}

/** Weights as instances give them: few different ones, ascending. */
function someWeightedValues(): fc.Arbitrary<{ values: Float64Array; weights: Float64Array }> {
  const weight = fc.constantFrom(0.001, 0.1, 1 / 3, 0.75, 1, 1)
  return someValues(1, 80).chain((values) =>
    fc.array(weight, { minLength: values.length, maxLength: values.length }).map((weights) => ({
      values: Float64Array.from(values),
      weights: Float64Array.from(weights).sort(),
    })),
  )
}
