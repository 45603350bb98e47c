import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CURVE_POINTS, curveProbabilities, pinballLoss, QuantileCurve } from './quantile-curve.ts'

const someCurve = fc
  .tuple(
    fc.double({ min: 0, max: 15, noNaN: true }),
    fc.array(fc.double({ min: 1e-3, max: 1, noNaN: true }), {
      minLength: CURVE_POINTS - 1,
      maxLength: CURVE_POINTS - 1,
    }),
  )
  .map(([start, steps]) => {
    const points = new Float64Array(CURVE_POINTS).fill(start)
    for (const [index, step] of steps.entries()) points[index + 1] = points[index]! + step
    return new QuantileCurve(points)
  })
const someProbability = fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true })

describe('QuantileCurve', () => {
  it('has a distribution function that inverts its quantiles', () => {
    fc.assert(
      fc.property(someCurve, someProbability, (curve, probability) => {
        expect(curve.cdf(curve.quantile(probability))).toBeCloseTo(probability, 9)
      }),
    )
  })

  it('rises with the probability', () => {
    fc.assert(
      fc.property(someCurve, someProbability, someProbability, (curve, a, b) => {
        expect(curve.quantile(Math.min(a, b))).toBeLessThanOrEqual(curve.quantile(Math.max(a, b)))
      }),
    )
  })

  it('goes through its points', () => {
    const points = Float64Array.from(curveProbabilities, (probability) => 10 * probability)

    const curve = new QuantileCurve(points)

    expect(curveProbabilities.map((probability) => curve.quantile(probability))).toEqual(
      [...points].map((point) => expect.closeTo(point, 9)),
    )
  })

  it('puts a probability on a point that many tasks share', () => {
    const curve = new QuantileCurve(new Float64Array(CURVE_POINTS).fill(7))

    expect(curve.cdf(6.99)).toBeLessThan(0.001)
    expect(curve.cdf(7.01)).toBeGreaterThan(0.999)
  })

  it('has the mean that adding up its quantiles gives', () => {
    fc.assert(
      fc.property(someCurve, (curve) => {
        const max = curve.quantile(0.95) + 1
        const slices = 200_000
        let sum = 0
        for (let slice = 0; slice < slices; slice++) {
          sum += Math.exp(Math.min(max, curve.quantile((slice + 0.5) / slices)))
        }

        expect(curve.meanOfExp(max) / (sum / slices)).toBeCloseTo(1, 3)
      }),
      { numRuns: 20 },
    )
  })
})

describe('pinballLoss', () => {
  it('is least where the middle of the quantiles is the value', () => {
    const points = Float64Array.from(curveProbabilities, (probability) => probability - 0.5)

    expect(pinballLoss(points, 0)).toBeLessThan(pinballLoss(points, 0.2))
    expect(pinballLoss(points, 0)).toBeLessThan(pinballLoss(points, -0.2))
  })

  it('is half the mean absolute error where all quantiles are one', () => {
    expect(pinballLoss(new Float64Array(CURVE_POINTS).fill(3), 5)).toBeCloseTo(1, 12)
  })
})
