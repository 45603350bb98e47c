import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUCKETS, bucketOf, bucketValue, MAX_SKETCHED, Sketch } from './sketch.ts'

const value = fc.integer({ min: 0, max: MAX_SKETCHED })

describe('a bucket', () => {
  it('reads as a value within 1/256 of every number in it', () => {
    fc.assert(
      fc.property(value, (number) => {
        const read = bucketValue(bucketOf(number))

        expect(Math.abs(read - number)).toBeLessThanOrEqual(number / 256)
      }),
    )
  })

  it('keeps numbers below 256 apart', () => {
    const numbers = Array.from({ length: 256 }, (_, number) => number)

    expect(numbers.map((number) => bucketValue(bucketOf(number)))).toEqual(numbers)
  })

  it('never lies above that of a larger number', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [smaller, larger] = a < b ? [a, b] : [b, a]

        expect(bucketOf(smaller)).toBeLessThanOrEqual(bucketOf(larger))
      }),
    )
  })

  it('is the last one for the largest number', () => {
    expect(bucketOf(MAX_SKETCHED)).toBe(BUCKETS - 1)
    expect(bucketValue(BUCKETS - 1)).toBeLessThanOrEqual(MAX_SKETCHED)
  })
})

describe('a sketch', () => {
  it('does not depend on the order of its numbers, nor on how they were parted', () => {
    fc.assert(
      fc.property(fc.array(value), fc.integer({ min: 0, max: 20 }), (numbers, cut) => {
        const whole = sketchOf(numbers)
        const parts = [sketchOf(numbers.slice(cut)), sketchOf(numbers.slice(0, cut).reverse())]

        const merged = new Sketch()
        for (const part of parts)
          for (const [bucket, count] of part.entries()) merged.addToBucket(bucket, count)

        expect(merged.entries()).toEqual(whole.entries())
      }),
    )
  })

  it('adds its counts times a weight', () => {
    const sums = new Float64Array(BUCKETS)

    sketchOf([3, 3, 900]).addTo(sums, 0.5)

    expect(sums[3]).toBe(1)
    expect(sums[bucketOf(900)]).toBe(0.5)
  })
})

function sketchOf(numbers: readonly number[]): Sketch {
  const sketch = new Sketch()
  for (const number of numbers) sketch.add(number)
  return sketch
}
