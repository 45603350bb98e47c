import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxShare, weighInstances } from './instance-weights.ts'

describe('weighInstances', () => {
  it('weighs every event alike where no instance exceeds its share', () => {
    const { eventWeights, largestShare } = weighInstances(
      new Map([
        ['a', 4],
        ['b', 4],
        ['c', 2],
      ]),
    )

    expect([...eventWeights.values()]).toEqual([1, 1, 1])
    expect(largestShare).toBe(0.4)
  })

  it('weighs an instance by ten of its events at most', () => {
    const { eventWeights, largestShare } = weighInstances(
      new Map([
        ['a', 10],
        ['b', 1000],
      ]),
    )

    expect(Object.fromEntries(eventWeights)).toEqual({ a: 1, b: 0.01 })
    expect(largestShare).toBe(0.5)
  })

  it('gives a single instance everything', () => {
    const { eventWeights, largestShare } = weighInstances(new Map([['a', 3]]))

    expect(eventWeights.get('a')).toBe(1)
    expect(largestShare).toBe(1)
  })

  it('cuts one instance of eleven to its share', () => {
    const counts = new Map([['flood', 90], ...honest(10)])

    const { eventWeights, largestShare } = weighInstances(counts)

    expect((eventWeights.get('flood') ?? 0) * 90).toBeCloseTo(15 / 9.5, 12)
    expect(largestShare).toBeCloseTo(1.5 / 11, 12)
  })

  it('counts an instance by its standing, in its claim and among the instances', () => {
    const counts = new Map([['doubted', 10], ...honest(2)])

    const { eventWeights, instances } = weighInstances(counts, standingOf)

    expect(instances).toBe(2.5)
    expect((eventWeights.get('doubted') ?? 0) * 10).toBeCloseTo(3, 12) // cut to 60 %, 1.5 of 2.5 instances
  })

  it('does not let a crowd of hardly established instances lower what the others may hold', () => {
    const established = Array.from({ length: 5 }, (_, n) => [`established ${n}`, 10] as const)
    const crowd = Array.from({ length: 100 }, (_, n) => [`new ${n}`, 1] as const)

    const { eventWeights } = weighInstances(new Map([...established, ...crowd]), standingOf)

    const crowdWeight = crowd.reduce((sum, [id]) => sum + (eventWeights.get(id) ?? 0), 0)
    const establishedWeight = established.reduce((sum, [id]) => sum + 10 * (eventWeights.get(id) ?? 0), 0)
    expect(crowdWeight / (crowdWeight + establishedWeight)).toBeLessThan(0.021)
  })

  it('never lets an instance hold more than its share, and cuts none without need', () => {
    const anyCounts = fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5000 })), {
      minLength: 1,
      maxLength: 80,
    })

    fc.assert(
      fc.property(anyCounts, (counts) => {
        const { eventWeights, largestShare } = weighInstances(new Map(counts.map((n, i) => [`${i}`, n])))
        const weights = counts.map((n, i) => (eventWeights.get(`${i}`) ?? NaN) * n)
        const total = weights.reduce((a, b) => a + b)
        const claims = counts.map((n) => Math.min(n, 10))

        expect(largestShare).toBeCloseTo(Math.max(...weights) / total, 9)
        expect(largestShare).toBeLessThanOrEqual(maxShare(counts.length) * (1 + 1e-9))
        for (const [i, weight] of weights.entries()) {
          const isWhole = Math.abs(weight - claims[i]!) < 1e-9
          const isAtShare = Math.abs(weight / total - maxShare(counts.length)) < 1e-9
          expect(isWhole || isAtShare).toBe(true)
          expect(weight).toBeLessThanOrEqual(claims[i]! + 1e-9)
        }
      }),
      { numRuns: 500 },
    )
  })
})

function honest(instances: number): [string, number][] {
  return Array.from({ length: instances }, (_, index) => [`honest ${index}`, 1])
}

function standingOf(instanceId: string): number {
  if (instanceId === 'doubted') return 0.5
  return instanceId.startsWith('new') ? 0.01 : 1
}
